import { addPerson, PASSWORD } from '../people';
import { hydrated } from '../fixtures';
import { Instance } from '../pages/instance';
import { Login } from '../pages/login';
import { Shell } from '../pages/shell';
import { expect, test } from '../workspace';

test('a workspace is suspended, refused in plain words, and resumed', async ({ page, workspace, browser, app, axe }) => {
  const root = addPerson(app, 'e2e', 'Root', 'viewer', ['--instance-admin']);
  const email = addPerson(app, workspace.name, 'Ada', 'owner');
  await new Shell(page).signOut();
  await page.goto('/login?next=/instance');
  await new Login(page).signInAs(root, PASSWORD);
  const instance = new Instance(page);
  const row = instance.row(workspace.name);
  await expect(row).toContainText('In use');
  await expect(instance.row('e2e')).toContainText('You are in it');
  await axe();

  await row.getByRole('button', { name: 'Suspend' }).click();
  await expect(new Shell(page).notices).toContainText(`${workspace.name} is suspended.`);
  await expect(row).toContainText('Suspended');
  const other = await browser.newContext({ baseURL: app.url });
  const theirs = await other.newPage();
  await theirs.goto('/login');
  await hydrated(theirs);
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(theirs.getByRole('alert')).toContainText('This workspace is suspended');

  await row.getByRole('button', { name: 'Resume' }).click();
  await expect(row).toContainText('In use');
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(theirs).toHaveURL('/');
  await other.close();
});

test.describe('everybody else', () => {
  test.use({ expectedProblems: [/status of 403/] });

  test('is told whose page it is', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    await page.goto('/instance');
    await expect(page.locator('main')).toContainText('Only people who look after the whole server see its workspaces.');
  });
});
