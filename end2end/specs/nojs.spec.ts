// Everything a person does first, with JavaScript switched off.
import { expect, test } from '../workspace';
import { Approvals, Change } from '../pages/changes';
import { Login } from '../pages/login';
import { Shell } from '../pages/shell';
import { Stores } from '../pages/stores';
import { openShop, proposeCity, read, writeCity } from '../shop';

// Where scripts are off, what the page preloads of them is refused, or not used within the seconds that Chromium waits.
test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

test('sign in, add the sandbox, list it, test it, remove it, sign out', async ({ page, workspace }) => {
  expect(workspace.masterKey).toMatch(/^odm_mk_/);
  const stores = new Stores(page);
  const shell = new Shell(page);
  await page.goto('/stores');
  await stores.addSandbox.click();
  await expect(shell.heading).toHaveText('Sandbox');
  await expect(shell.notices).toHaveText('Sandbox was added.');

  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();

  await shell.goTo('Stores');
  await expect(stores.row('Sandbox')).toBeVisible();
  await page.goto('/stores?q=nothing-like-it');
  await expect(page.getByText('No store matches')).toBeVisible();

  await page.goto('/stores');
  await stores.row('Sandbox').getByRole('link').click();
  await page.getByRole('button', { name: 'Delete store' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete store' });
  await dialog.getByLabel('Name of the store').fill('Sandbox');
  await dialog.getByRole('button', { name: 'Delete store' }).click();
  await expect(shell.notices).toContainText('Sandbox was removed.');
  await expect(page.getByRole('heading', { name: 'No stores yet' })).toBeVisible();

  await shell.signOut();
  await page.goto('/stores');
  await expect(page).toHaveURL('/login?next=/stores');
});

test('a refused store shows its steps and keeps what was typed', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  const stores = new Stores(page);
  await page.goto('/stores/new');
  await stores.fill({ id: 'sandbox', key: 'wrong', name: 'Mine', label: 'EU' });
  await page.getByRole('button', { name: 'Add store' }).click();
  await expect(page).toHaveURL('/stores/new');
  await expect(page.getByText('The connection does not work')).toBeVisible();
  await expect(page.getByLabel('Store id', { exact: true })).toHaveValue('sandbox');
  await expect(page.getByLabel(/^Name/)).toHaveValue('Mine');
  await expect(page.getByLabel('API key', { exact: true })).toHaveValue('');
});

test('credentials can be tried without saving', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  const stores = new Stores(page);
  await page.goto('/stores/new');
  await stores.fill({ id: 'sandbox', key: 'sandbox' });
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
  await page.goto('/stores');
  await expect(page.getByRole('heading', { name: 'No stores yet' })).toBeVisible();
});

test('a form sent after the session ended leads to the sign-in page and back', async ({ page, workspace }) => {
  const stores = new Stores(page);
  await page.goto('/stores/new');
  await page.context().clearCookies();
  await stores.fill({ id: 'sandbox', key: 'sandbox' });
  await page.getByRole('button', { name: 'Add store' }).click();
  await expect(page).toHaveURL('/login?next=/stores/new');
  await new Login(page).signIn(workspace.masterKey);
  await expect(page).toHaveURL('/stores/new');
});

test('a wrong key is refused on the page itself', async ({ page }) => {
  await page.goto('/login');
  const login = new Login(page);
  await login.signIn('odm_mk_nonsense');
  await expect(login.key).toHaveAccessibleDescription(/not valid/);
  await page.reload();
  await expect(page.getByText(/not valid/)).toHaveCount(0);
});

test('a proposal is approved, another one denied, and the first undone', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [first = '', second = ''] = shop.orders;
  const before = (await read(shop, first)).shipping.city;
  await proposeCity(shop, first, 'Reno', 'First');
  await proposeCity(shop, second, 'Elko', 'Second');
  const approvals = new Approvals(page);
  const shell = new Shell(page);
  await page.goto('/approvals');
  await shell.openNav();
  await expect(approvals.count).toHaveText('2 waiting');
  await page.reload();
  await approvals.card('First').getByRole('button', { name: 'Approve and write' }).click();
  await expect(page).toHaveURL('/approvals');
  await expect(shell.notices).toContainText('Approved, written, and read back');
  await expect(approvals.cards).toHaveCount(1);
  await approvals.card('Second').getByRole('link').first().click();
  const change = new Change(page);
  await change.deny('Not today');
  await expect(shell.notices).toContainText('Denied.');
  await expect(change.state).toHaveText('Denied');
  await expect(page.locator('main')).toContainText('Not today');

  await page.goto(`/changes?order=${first}`);
  await page.getByRole('table').getByRole('link').first().click();
  await change.undo.click();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(shell.notices).toContainText('Undone, and read back');
  expect((await read(shop, first)).shipping.city).toBe(before);
});

test('a proposal that is another by now is refused on its page', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  const change = new Change(page);
  await change.open(await proposeCity(shop, order, 'Reno'));
  await writeCity(shop, order, 'Elko');
  await change.approve.click();
  await expect(page.getByRole('alert')).toContainText('worked out anew');
  await expect(change.field('Shipping address: city')).toContainText('Elko');
});

test('changes are filtered', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [first = '', second = ''] = shop.orders;
  await writeCity(shop, first, 'Reno');
  await proposeCity(shop, second, 'Elko');
  await page.goto('/changes');
  await page.getByLabel('Key', { exact: true }).selectOption('Writer');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/[?&]key=[0-9a-z]{26}/);
  await expect(page.getByRole('table').locator('tbody').getByRole('row')).toHaveCount(1);
});

test('the theme is kept', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await new Shell(page).openNav();
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.goto('/connect?client=cursor');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
