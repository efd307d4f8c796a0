import { readFile } from 'node:fs/promises';
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

  await row.getByText('Suspend', { exact: true }).click();
  await row.getByRole('button', { name: 'Suspend it' }).click();
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

test('a suspended workspace is exported, and deleted when its name was typed', async ({ page, workspace, app, axe }) => {
  const root = addPerson(app, 'e2e', 'Root', 'viewer', ['--instance-admin']);
  const email = addPerson(app, workspace.name, 'Ada', 'owner');
  await new Shell(page).signOut();
  await page.goto('/login?next=/instance');
  await new Login(page).signInAs(root, PASSWORD);
  const row = new Instance(page).row(workspace.name);
  await row.getByText('Suspend', { exact: true }).click();
  await row.getByRole('button', { name: 'Suspend it' }).click();
  await expect(row).toContainText('Suspended');
  await axe();

  const waiting = page.waitForEvent('download');
  await row.getByRole('button', { name: 'Export' }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe('workspace.json');
  const kept = JSON.parse(await readFile(await file.path(), 'utf8'));
  expect(kept).toMatchObject({ name: workspace.name, people: [{ email, role: 'owner' }], stores: [] });
  expect(JSON.stringify(kept)).not.toContain('argon2');

  await row.getByText('Delete', { exact: true }).click();
  await row.getByLabel('Name of the workspace').fill(workspace.name);
  await row.getByRole('button', { name: 'Delete it' }).click();
  await expect(new Shell(page).notices).toContainText(`${workspace.name} is deleted.`);
  await expect(row).toHaveCount(0);
});

test('what was opened for a workspace is not there for the one that takes its place', async ({ page, workspace, app }) => {
  const root = addPerson(app, 'e2e', 'Root', 'viewer', ['--instance-admin']);
  const gone = `${workspace.name} a`;
  const open = `${workspace.name} b`;
  const next = `${workspace.name} c`;
  for (const name of [gone, open, next]) app.command(['tenant', 'create', name]);
  await new Shell(page).signOut();
  await page.goto('/login?next=/instance');
  await new Login(page).signInAs(root, PASSWORD);
  const instance = new Instance(page);
  const row = instance.row(gone);
  await row.getByText('Suspend', { exact: true }).click();
  await row.getByRole('button', { name: 'Suspend it' }).click();
  await row.getByText('Delete', { exact: true }).click();
  await row.getByLabel('Name of the workspace').fill(gone);

  await instance.row(open).getByText('Suspend', { exact: true }).click();
  await expect(instance.row(open).getByRole('button', { name: 'Suspend it' })).toBeVisible();
  await row.getByRole('button', { name: 'Delete it' }).click();
  await expect(row).toHaveCount(0);
  await expect(instance.row(next)).toBeVisible();
  await expect(instance.row(next).getByRole('button', { name: 'Suspend it' })).toBeHidden();
});

test('the settings of the server are told, and secrets only as set or not', async ({ page, app }) => {
  const root = addPerson(app, 'e2e', 'Root', 'viewer', ['--instance-admin']);
  await page.goto('/login?next=/instance');
  await new Login(page).signInAs(root, PASSWORD);
  const settings = page.getByRole('region', { name: 'Settings of the server' });
  await expect(settings.getByRole('row', { name: /PORT/ }).first()).toBeVisible();
  await expect(settings.getByRole('row', { name: /^MCP_KMS_KEY / })).toContainText('set');
});

test.describe('everybody else', () => {
  test.use({ expectedProblems: [/status of 403/] });

  test('is told whose page it is', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    await page.goto('/instance');
    await expect(page.locator('main')).toContainText('Only people who look after the whole server see its workspaces.');
  });
});
