import { manyPeople } from '../many';
import { addPerson, PASSWORD } from '../people';
import { hydrated } from '../fixtures';
import { Join } from '../pages/join';
import { Console } from '../pages/console';
import { Login } from '../pages/login';
import { Keys } from '../pages/keys';
import { People } from '../pages/people';
import { Shell } from '../pages/shell';
import { expect, test } from '../workspace';

test('the first owner is invited with the master key, joins, and signs in with a password', async ({ page, workspace, browser, app }) => {
  const people = new People(page);
  await page.goto('/people');
  await expect(page.getByText('Nobody is here yet but whoever has a master key.')).toBeVisible();
  const email = `ada-${process.pid}@example.com`;
  const code = await people.inviteAs(email, 'owner');
  expect(code).toMatch(/^odm_in_/);
  await expect(people.waiting).toContainText(email);
  await page.reload();
  await expect(people.made).toHaveCount(0);
  expect(page.url()).not.toContain('odm_in_');

  const other = await browser.newContext({ baseURL: app.url });
  const theirs = await other.newPage();
  await theirs.goto('/join');
  await hydrated(theirs);
  await new Join(theirs).joinAs(code, 'Ada', PASSWORD);
  await expect(theirs).toHaveURL('/');
  await expect(theirs.getByText(workspace.name).first()).toBeAttached();
  await other.close();

  await page.reload();
  await expect(people.row('Ada')).toContainText('Owner');
  await expect(people.row('Ada')).toContainText('This is the last owner who can sign in.');
  await expect(people.waiting).toContainText('None.');

  await new Shell(page).signOut();
  await page.goto('/people');
  await new Login(page).signInAs(email, PASSWORD);
  await expect(page).toHaveURL('/people');
  await expect(people.row('Ada')).toContainText('You');
});

test('a role is changed, and holds at once in another browser', async ({ page, workspace, browser, app }) => {
  const email = addPerson(app, workspace.name, 'Bob', 'admin');
  const other = await browser.newContext({ baseURL: app.url });
  const theirs = await other.newPage();
  await theirs.goto('/login?next=/people');
  await hydrated(theirs);
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(new People(theirs).row('Bob')).toContainText('This is you');

  const people = new People(page);
  await page.goto('/people');
  const row = await people.change('Bob');
  await row.getByLabel('Role', { exact: true }).selectOption('viewer');
  await row.getByRole('button', { name: 'Save role' }).click();
  await expect(new Shell(page).notices).toContainText('The role of Bob is viewer now.');
  await expect(row).toContainText('Viewer');

  await theirs.goto('/people');
  await expect(theirs.locator('main')).toContainText('Only owners and admins can see and manage people.');
  await expect(theirs.locator('main')).toContainText('Your role in this workspace is viewer');
  await theirs.goto('/keys');
  await expect(theirs.locator('main')).toContainText('Only owners and admins can see and manage keys.');
  await other.close();
});

test('somebody is disabled, signed out, and enabled again', async ({ page, workspace, browser, app }) => {
  const email = addPerson(app, workspace.name, 'Cid', 'operator');
  const other = await browser.newContext({ baseURL: app.url });
  const theirs = await other.newPage();
  await theirs.goto('/login');
  await hydrated(theirs);
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(theirs).toHaveURL('/');

  const people = new People(page);
  await page.goto('/people');
  const row = await people.change('Cid');
  await row.getByRole('button', { name: 'Disable' }).click();
  await expect(new Shell(page).notices).toContainText('Cid is disabled and signed out.');
  await expect(row).toContainText('Disabled');
  await theirs.goto('/changes');
  await expect(theirs).toHaveURL('/login?next=/changes');
  await hydrated(theirs);
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(theirs.getByRole('alert')).toContainText('your account was disabled');
  await other.close();

  // What was open stays open.
  await row.getByRole('button', { name: 'Enable' }).click();
  await expect(new Shell(page).notices).toContainText('Cid can sign in again.');
});

test('many people come in pages, those who are disabled behind the others', async ({ app, page, workspace }) => {
  addPerson(app, workspace.name, 'Hal', 'operator');
  manyPeople(app, workspace.name, 120);
  const people = new People(page);
  await page.goto('/people');
  await expect(people.pages).toContainText('Page 1 of 3');
  await expect(people.table.getByRole('row')).toHaveCount(51);
  await expect(people.row('Hal')).toBeVisible();
  await expect(people.table).not.toContainText('Disabled');

  // What was opened and chosen for somebody is not there for whoever has their place on the next page.
  const first = await people.change('Hal');
  await first.getByLabel('Role', { exact: true }).selectOption('viewer');
  await people.pages.getByRole('link', { name: 'Next page' }).click();
  await expect(people.pages).toContainText('Page 2 of 3');
  await expect(page).toHaveURL('/people?page=2');
  await expect(people.table.getByRole('row').nth(1)).toContainText('Person 0074');
  await expect(people.row('Person 0057')).toContainText('Disabled');
  await expect(people.open).toHaveCount(0);

  const row = await people.change('Person 0074');
  await expect(row.getByLabel('Role', { exact: true })).toHaveValue('operator');
  await row.getByRole('button', { name: 'Disable' }).click();
  await expect(new Shell(page).notices).toContainText('Person 0074 is disabled and signed out.');
  await expect(people.row('Person 0074')).toHaveCount(0);
  await expect(people.pages).toContainText('Page 2 of 3');
  await expect(people.open).toHaveCount(0);

  await page.goto('/people?page=99');
  await expect(people.pages).toContainText('Page 3 of 3');
  await expect(people.row('Person 0074')).toContainText('Disabled');
  await people.pages.getByRole('link', { name: 'Previous page' }).click();
  await expect(people.pages).toContainText('Page 2 of 3');
  await people.pages.getByRole('link', { name: 'Previous page' }).click();
  await expect(people.pages).toContainText('Page 1 of 3');
  await expect(page).toHaveURL('/people');
});

test('an admin who made a key is told that it outlasts them', async ({ page, workspace, browser, app }) => {
  const email = addPerson(app, workspace.name, 'Gil', 'admin');
  const other = await browser.newContext({ baseURL: app.url });
  const theirs = await other.newPage();
  await theirs.goto('/login?next=/keys/new');
  await hydrated(theirs);
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(theirs).toHaveURL('/keys/new');
  const keys = new Keys(theirs);
  await keys.fill('Made by Gil', 'Look');
  await hydrated(theirs);
  await keys.make.click();
  await keys.saved();
  await other.close();

  await page.goto('/keys');
  await expect(new Keys(page).row('Made by Gil')).toContainText('by Gil');
  await page.goto('/people');
  const row = await new People(page).change('Gil');
  await expect(row).toContainText('They made 1 key that works still.');
  await row.getByRole('button', { name: 'End sessions' }).click();
  await expect(new Shell(page).notices).toContainText('Gil is signed out of this workspace in every browser.');
});

test('an invitation is taken back', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  const people = new People(page);
  await page.goto('/people');
  await people.inviteAs('dora@example.com', 'viewer');
  await people.waiting.getByRole('button', { name: 'Take back' }).click();
  await expect(new Shell(page).notices).toContainText('The invitation for dora@example.com is taken back.');
  await expect(people.waiting).toContainText('None.');
});

test.describe('refused invitations', () => {
  test.use({ expectedProblems: [/status of (409|422)/] });

  test('say why at their field', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const people = new People(page);
    await page.goto('/people');
    await people.email.fill('nobody');
    await people.invite.click();
    await expect(people.email).toHaveAccessibleDescription(/not an e-mail address/);
    await expect(people.email).toBeFocused();
    await people.inviteAs('eve@example.com', 'viewer');
    await people.email.fill('EVE@example.com');
    await people.invite.click();
    await expect(people.email).toHaveAccessibleDescription(/invited already/);
  });
});

test('somebody in two workspaces switches between them', async ({ page, workspace, app }) => {
  expect(workspace.name).not.toBe('');
  const email = addPerson(app, workspace.name, 'Fay', 'owner');
  const second = `${workspace.name} two`;
  const key = app.command(['tenant', 'create', second]);
  await new Shell(page).signOut();
  await page.goto('/login?next=/people');
  await new Login(page).signIn(key);
  const code = await new People(page).inviteAs(email, 'viewer');
  await new Shell(page).signOut();
  await page.goto('/join');
  await new Join(page).joinAs(code, '', PASSWORD);
  await expect(page).toHaveURL('/');
  const before = (await page.context().cookies()).find((cookie) => cookie.name.endsWith('session'))?.value;

  await page.setViewportSize({ width: 1280, height: 900 });
  await expect(page.locator('.who-tenant')).toHaveText(second);
  const tool = new Console(page);
  await tool.open('orders_get');
  await tool.field('order_id').fill('4242');
  await page.reload();
  await expect(tool.field('order_id')).toHaveValue('4242');
  await page.getByLabel('Another workspace').selectOption({ label: workspace.name });
  await page.getByRole('button', { name: 'Switch' }).click();
  await expect(page.locator('.who-tenant')).toHaveText(workspace.name);
  await expect(page).toHaveURL('/');
  const after = (await page.context().cookies()).find((cookie) => cookie.name.endsWith('session'))?.value;
  expect(after).not.toBe(before);
  // What was typed in the other workspace is not carried over.
  await tool.open('orders_get');
  await expect(tool.field('order_id')).toHaveValue('');

  // Where the frame has no room for the names, the settings have.
  await page.setViewportSize({ width: 900, height: 900 });
  await page.goto('/settings');
  const here = page.getByRole('region', { name: 'Workspace' });
  await here.getByRole('listitem').filter({ hasText: second }).getByRole('button', { name: 'Switch to it' }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/settings');
  await expect(here).toContainText(second);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('somebody is invited, joins, and signs in', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const people = new People(page);
    const shell = new Shell(page);
    const email = `gus-${process.pid}@example.com`;
    await page.goto('/people');
    const code = await people.inviteAs(email, 'admin');
    expect(code).toMatch(/^odm_in_/);
    expect((await page.context().cookies()).map((cookie) => cookie.value).join()).not.toContain('odm_in_');
    await page.reload();
    await expect(people.made).toHaveCount(0);
    await shell.signOut();

    await page.goto('/join');
    const join = new Join(page);
    await join.joinAs(code, 'Gus', 'short');
    await expect(join.password).toHaveAccessibleDescription(/12 to 128 characters/);
    await expect(join.name).toHaveValue('Gus');
    await join.joinAs(code, 'Gus', PASSWORD);
    await expect(page).toHaveURL('/');
    await shell.signOut();

    await page.goto('/people');
    await new Login(page).signInAs(email, 'wrong horse battery');
    await expect(new Login(page).password).toHaveAccessibleDescription(/do not fit each other/);
    await expect(new Login(page).email).toHaveValue(email);
    await new Login(page).signInAs(email, PASSWORD);
    await expect(page).toHaveURL('/people');
    await expect(people.row('Gus')).toContainText('You');
  });

  test('whoever changes somebody stays on their page of the list', async ({ app, page, workspace }) => {
    addPerson(app, workspace.name, 'Hal', 'operator');
    manyPeople(app, workspace.name, 60);
    const people = new People(page);
    await page.goto('/people?page=2');
    const row = await people.change('Person 0057');
    await row.getByRole('button', { name: 'Save role' }).click();
    await expect(new Shell(page).notices).toContainText('The role of Person 0057 is operator now.');
    await expect(page).toHaveURL('/people?page=2');
    await expect(people.row('Person 0057')).toContainText('Disabled');
  });
});
