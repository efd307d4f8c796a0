import { addPerson, PASSWORD } from '../people';
import { olderCalls } from '../many';
import { hydrated } from '../fixtures';
import { Login } from '../pages/login';
import { Settings } from '../pages/settings';
import { Shell } from '../pages/shell';
import { openShop } from '../shop';
import { expect, test } from '../workspace';

let email: string;

/** Signs out the owner's key and in as a person. */
test.beforeEach(async ({ page, app, workspace }) => {
  email = addPerson(app, workspace.name, 'Ada', 'viewer');
  await new Shell(page).signOut();
  await page.goto('/login?next=/settings');
  await new Login(page).signInAs(email, PASSWORD);
  await expect(page).toHaveURL('/settings');
});

test('a name is changed, and the frame shows it', async ({ page }) => {
  const settings = new Settings(page);
  await settings.name.fill('Ada Lovelace');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(new Shell(page).notices).toContainText('Your name is saved.');
  await page.reload();
  await expect(settings.name).toHaveValue('Ada Lovelace');
});

test.describe('the workspace', () => {
  test.use({ expectedProblems: [/status of 422/] });

  test('a workspace is renamed by an admin, and nobody below', async ({ page, app, workspace }) => {
    await expect(page.getByRole('region', { name: 'Workspace' })).toContainText('Only owners and admins');
    await expect(page.getByRole('button', { name: 'Rename it' })).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Recorded calls' })).toContainText('90 days');
    await expect(page.getByLabel('Days that calls are kept')).toHaveCount(0);
    const admin = addPerson(app, workspace.name, 'Bea', 'admin');
    await new Shell(page).signOut();
    await page.goto('/login?next=/settings');
    await new Login(page).signInAs(admin, PASSWORD);
    await expect(page).toHaveURL('/settings');
    const name = page.getByLabel('Name of the workspace');
    const renamed = `${workspace.name} & Sons`;
    await name.fill(' ');
    await page.getByRole('button', { name: 'Rename it' }).click();
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await name.fill(renamed);
    await page.getByRole('button', { name: 'Rename it' }).click();
    await expect(new Shell(page).notices).toContainText('The workspace has its new name.');
    await page.reload();
    await expect(name).toHaveValue(renamed);
    const days = page.getByLabel('Days that calls are kept');
    const save = page.getByRole('region', { name: 'Recorded calls' }).getByRole('button', { name: 'Save' });
    await days.fill('4000');
    await save.click();
    await expect(days).toHaveAccessibleDescription(/1 to 3650 days/);
    await days.fill('30');
    await page.getByLabel('Most calls that are kept').fill('50,000');
    await save.click();
    await expect(new Shell(page).notices).toContainText('How long calls are kept is saved.');
    await page.reload();
    await expect(page.getByRole('region', { name: 'Recorded calls' })).toContainText('the newest 50,000');
    await expect(days).toHaveValue('30');
    app.command(['key', 'create', '--tenant', renamed, '--kind', 'api', '--access', 'read', '--name', 'By the new name']);
  });
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(`shortening how long calls are kept, ${javaScriptEnabled ? 'with' : 'without'} script`, () => {
    test.use({ javaScriptEnabled, expectedProblems: [/status of 409|\.js csp$|was preloaded using link preload but not used/] });

    test('is asked about first', async ({ page, app, workspace }) => {
      const admin = addPerson(app, workspace.name, 'Bea', 'admin');
      await new Shell(page).signOut();
      await page.goto('/login?next=/settings');
      await new Login(page).signInAs(admin, PASSWORD);
      await expect(page).toHaveURL('/settings');
      const card = page.getByRole('region', { name: 'Recorded calls' });
      const days = page.getByLabel('Days that calls are kept');
      await expect(async () => {
        await page.reload();
        await expect(card).not.toContainText('Kept now0 calls');
      }).toPass();
      olderCalls(app, workspace.name, 40);
      await days.fill('30');
      await card.getByRole('button', { name: 'Save' }).click();
      await expect(card.getByRole('alert')).toContainText(/This throws away \d+ calls? for good, from .+ to .+\. Nothing is saved yet\./);
      await expect(days).toHaveValue('30');
      // What was not asked about is not confirmed.
      await days.fill('29');
      await card.getByRole('button', { name: 'Throw them away and save' }).click();
      await expect(card.getByRole('alert')).toContainText('Nothing is saved yet.');
      await expect(days).toHaveValue('29');
      await card.getByRole('button', { name: 'Throw them away and save' }).click();
      await expect(card).toContainText('29 days');
      await expect(card.getByRole('alert')).toHaveCount(0);
      await expect(card.getByRole('button', { name: 'Save', exact: true })).toBeVisible();
    });
  });
}

test('another browser is told apart, and signed out', async ({ page, browser, app }) => {
  const other = await browser.newContext({ baseURL: app.url });
  const theirs = await other.newPage();
  await theirs.goto('/login');
  await hydrated(theirs);
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(theirs).toHaveURL('/');

  const settings = new Settings(page);
  await page.reload();
  await expect(settings.browsers).toHaveCount(2);
  await expect(settings.browsers.first()).toContainText('This browser');
  await settings.browsers.last().getByRole('button', { name: 'Sign out' }).click();
  await expect(new Shell(page).notices).toContainText('That browser is signed out.');
  await expect(settings.browsers).toHaveCount(1);
  await theirs.goto('/changes');
  await expect(theirs).toHaveURL('/login?next=/changes');
  await other.close();
});

test('a new password signs the other browsers out and this one not', async ({ page, browser, app }) => {
  const other = await browser.newContext({ baseURL: app.url });
  const theirs = await other.newPage();
  await theirs.goto('/login');
  await hydrated(theirs);
  await new Login(theirs).signInAs(email, PASSWORD);
  await expect(theirs).toHaveURL('/');
  const settings = new Settings(page);
  await settings.changePassword(PASSWORD, 'another long password');
  await expect(new Shell(page).notices).toContainText('Your password is changed.');
  await page.reload();
  await expect(settings.browsers).toHaveCount(1);
  await theirs.goto('/');
  await expect(theirs).toHaveURL('/login');
  await other.close();
});

test.describe('refusals', () => {
  test.use({ expectedProblems: [/status of 422/] });

  test('a wrong present password is said at its field', async ({ page }) => {
    const settings = new Settings(page);
    await settings.changePassword('wrong horse battery', 'another long password');
    await expect(settings.password).toHaveAccessibleDescription(/not your present password/);
    await settings.changePassword(PASSWORD, 'short');
    await expect(settings.newPassword).toHaveAccessibleDescription(/12 to 128 characters/);
  });
});

test('the theme is chosen here too', async ({ page }) => {
  await page.getByRole('region', { name: 'Appearance' }).getByRole('button', { name: 'Dark theme' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`high contrast is chosen, on ${colorScheme}`, async ({ page, axe }) => {
    await page.emulateMedia({ colorScheme });
    await page.getByRole('region', { name: 'Appearance' }).getByRole('button', { name: 'High contrast' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
    await axe();
    await page.goto('/');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
    await axe();
  });
}

test.describe('without network', () => {
  test.use({ expectedProblems: [/ERR_INTERNET_DISCONNECTED/] });

  test('a browser says so, until it has one again', async ({ page }) => {
    await expect(new Settings(page).name).toHaveValue('Ada');
    const said = page.getByText('You are offline.');
    await expect(said).toBeHidden();
    await page.context().setOffline(true);
    await expect(said).toBeVisible();
    await page.context().setOffline(false);
    await expect(said).toBeHidden();
  });
});

test.describe('a session that has ended', () => {
  test.use({ expectedProblems: [/status of 401/] });

  test('loses nothing of what was typed', async ({ page }) => {
    const settings = new Settings(page);
    await settings.name.fill('Ada Lovelace');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Save name' }).click();
    await expect(page.getByRole('alert')).toContainText('Sign in again in another tab');
    await expect(settings.name).toHaveValue('Ada Lovelace');
  });
});

test('the workspace, the role and the rules of the server are told', async ({ page, workspace }) => {
  const here = page.getByRole('region', { name: 'Workspace' });
  await expect(here).toContainText(workspace.name);
  await expect(here).toContainText('viewer');
  await expect(page.getByRole('region', { name: 'What holds on this server' })).toContainText('A change can be undone for');
});

test('who may not change anything finds no buttons, and is told why', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  await page.goto('/stores');
  await expect(page.locator('main')).toContainText('Only owners and admins can add, change and remove stores.');
  await expect(page.getByRole('link', { name: 'Add store' })).toHaveCount(0);
  await page.getByRole('table', { name: 'Stores' }).getByRole('link').first().click();
  await expect(page.locator('main')).toContainText('Only owners and admins can add, change and remove stores.');
  await expect(page.locator('main')).toContainText('Only owners, admins and operators can stop and resume writes.');
  await expect(page.locator('main').getByRole('button')).toHaveCount(1);
  await page.goto('/approvals');
  await expect(page.locator('main').getByRole('button')).toHaveCount(0);
  await new Shell(page).openNav();
  await expect(page.getByRole('button', { name: 'Stop writes' })).toHaveCount(0);
});

test.describe('what a role does not reach', () => {
  test.use({ expectedProblems: [/status of 403/] });

  test('is said in a sentence', async ({ page }) => {
    for (const path of ['/people', '/keys', '/connect']) {
      await page.goto(path);
      await expect(page.locator('main')).toContainText('Your role in this workspace is viewer; an owner can change it.');
    }
  });
});

test.describe('the audit log', () => {
  test('is read page by page by those who may', async ({ page, app, workspace }) => {
    const log = page.getByRole('region', { name: 'Audit log' });
    await expect(log).toContainText('Only owners, admins and auditors can read the audit log.');
    await expect(log.getByRole('table')).toHaveCount(0);

    const admin = addPerson(app, workspace.name, 'Bea', 'admin');
    await new Shell(page).signOut();
    await page.goto('/login?next=/settings');
    await new Login(page).signInAs(admin, PASSWORD);
    await expect(page).toHaveURL('/settings');
    const newest = log.getByRole('row').nth(1);
    await expect(newest).toContainText('Sign in');
    await expect(newest).toContainText('Bea');
    await expect(log.getByRole('link')).toHaveCount(0);

    const statuses = await page.evaluate(async (name) => {
      const statuses: number[] = [];
      for (let number = 0; number < 55; number++) {
        const body = new URLSearchParams({ tenant_name: `${name} ${number}` });
        statuses.push((await fetch('/api/rename_workspace', { method: 'POST', body })).status);
      }
      return statuses;
    }, workspace.name);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await page.reload();
    await expect(log.getByRole('row')).toHaveCount(51);
    await expect(newest).toContainText('Rename the workspace');
    await log.getByRole('link', { name: 'Older' }).click();
    await expect(page).toHaveURL(/\/settings\?before=\d+#audit-title$/);
    await expect(log).toContainText('Make the workspace');
    await expect(log).toContainText('Whoever runs the server');
    await expect(log.getByRole('link', { name: 'Older' })).toHaveCount(0);
    await page.reload();
    await expect(log).toContainText('Make the workspace');
    await log.getByRole('link', { name: 'Newest' }).click();
    await expect(newest).toContainText('Rename the workspace');
  });
});
