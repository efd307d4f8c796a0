// Stores that are changed, deleted, restored, and one of a thousand.
import { isLight } from '../budgets';
import { Console } from '../pages/console';
import { SANDBOX, Stores } from '../pages/stores';
import { Shell } from '../pages/shell';
import { manyStores } from '../many';
import { openShop, proposeCity } from '../shop';
import { expect, test } from '../workspace';

test.beforeEach(({ workspace }) => {
  expect(workspace.masterKey).toMatch(/^odm_mk_/);
});

test('a store gets another name and label, and keeps its key', async ({ page }) => {
  const stores = new Stores(page);
  await stores.add({ ...SANDBOX, name: 'Main shop' });
  await stores.edit.getByLabel('Name', { exact: true }).fill('Outlet');
  await stores.edit.getByLabel(/^Label/).fill('EU');
  await stores.save();
  await expect(new Shell(page).notices).toContainText('The store is saved.');
  await expect(new Shell(page).heading).toHaveText('Outlet');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
  await page.goto('/stores');
  await expect(stores.row('Outlet')).toContainText('EU');
  await expect(stores.row('Outlet')).toContainText('Sandbox');
});

test('a new key is tried first, and the saved one stays when it fails', async ({ page }) => {
  const stores = new Stores(page);
  await stores.add({ ...SANDBOX, name: 'Main shop' });
  const key = stores.edit.getByRole('textbox', { name: 'New API key' });
  await key.fill('wrong');
  await stores.save();
  await expect(stores.edit.getByText('The saved one stays in use.')).toBeVisible();
  await expect(stores.edit.getByRole('listitem').filter({ hasText: ': Failed' })).toHaveCount(1);
  await expect(key).toHaveValue('wrong');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
  await key.fill(SANDBOX.key);
  await stores.save();
  await expect(new Shell(page).notices).toContainText('The store is saved.');
});

test.describe('refused', () => {
  test.use({ expectedProblems: [/status of (404|409)/] });

  test('of two tabs that change one store, the second is told', async ({ page, context }) => {
    const stores = new Stores(page);
    await stores.add({ ...SANDBOX, name: 'Main shop' });
    const other = await context.newPage();
    await other.goto(page.url());
    await other.locator('html[data-hydrated]').waitFor({ state: 'attached' });
    await stores.edit.getByLabel('Name', { exact: true }).fill('First');
    await stores.save();
    await expect(new Shell(page).heading).toHaveText('First');
    const late = new Stores(other);
    await late.edit.getByLabel('Name', { exact: true }).fill('Second');
    await late.save();
    await expect(late.edit.getByRole('alert')).toContainText('Somebody else changed this store');
    await expect(late.edit.getByLabel('Name', { exact: true })).toHaveValue('Second');
  });

  test('a deleted store has no page, and is the same one when it is added again', async ({ page }) => {
    const stores = new Stores(page);
    await stores.add({ ...SANDBOX, name: 'Main shop' });
    const address = page.url();
    await stores.remove('Main shop');
    expect((await page.goto(address))?.status()).toBe(404);
    await page.goto('/stores/new');
    await stores.fill({ ...SANDBOX, name: 'Another' });
    await page.getByRole('button', { name: 'Add store' }).click();
    await expect(new Shell(page).heading).toHaveText('Another');
    await expect(page).toHaveURL(address);
  });
});

test('a deleted store says what goes, and is restored with one click', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  await proposeCity(shop, order, 'Reno');
  await page.goto('/stores');
  const stores = new Stores(page);
  const name = (await page.locator('.row-link').first().textContent()) ?? '';
  await page.locator('.row-link').first().click();
  await page.getByRole('button', { name: 'Delete store' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete store' });
  await expect(dialog).toContainText('1 proposal waits for a person: denied with it.');
  await expect(dialog).toContainText('The record of its one change is kept.');
  await page.keyboard.press('Escape');
  await stores.remove(name);
  await expect(stores.deleted).toContainText('Can be restored until');
  await expect(page.getByRole('heading', { name: 'No stores yet' })).toBeVisible();
  await stores.deleted.getByRole('button', { name: 'Restore' }).click();
  await expect(new Shell(page).heading).toHaveText(name);
  await page.goto('/stores');
  await expect(stores.row(name)).toBeVisible();
  await expect(stores.deleted).toHaveCount(0);
  await page.goto('/changes');
  await expect(page.getByRole('table')).toContainText('Denied');
});

test('the search lives in the address and outlasts a reload', async ({ page }) => {
  const stores = new Stores(page);
  await stores.add({ ...SANDBOX, name: 'Main shop' });
  await page.goto('/stores');
  await stores.search.fill('main');
  await expect(page).toHaveURL('/stores?q=main');
  await expect(stores.search).toBeFocused();
  await page.reload();
  await expect(stores.search).toHaveValue('main');
  await stores.search.fill('other');
  await expect(page.getByText('0 of 1 store')).toBeVisible();
});

test('one of a thousand stores is found, page by page or by its name', async ({ page, app, workspace }) => {
  const stores = new Stores(page);
  await stores.add({ ...SANDBOX, name: 'Main shop' });
  manyStores(app, workspace.name, 1000);
  await page.goto('/stores');
  await expect(page.getByText('1,000 stores', { exact: true })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(51);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  expect(nodes, 'elements on the page').toBeLessThanOrEqual(1500);
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: 'Next page' }).click();
  await expect(page).toHaveURL('/stores?page=2');
  await expect(pages).toContainText('Page 2 of 20');
  await expect(stores.row('Shop 0050')).toBeVisible();
  await stores.search.fill('shop 0777');
  await expect(page.getByText('1 of 1,000 stores')).toBeVisible();
  await expect(stores.row('Shop 0777')).toBeVisible();
  await expect(pages).toHaveCount(0);
  await page.reload();
  await expect(stores.row('Shop 0777')).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'All 1,000 stores' })).toBeVisible();
  // So many cannot be chosen from: the name is typed.
  const console = new Console(page);
  await console.open('orders_list');
  await isLight(page, 'the console with a thousand stores');
  await console.field('store_identifier').fill('Main shop');
  await console.run.click();
  await expect(console.result.getByText('Answered', { exact: true })).toBeVisible();
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('a store is changed, refused a wrong key, deleted and restored', async ({ page }) => {
    const stores = new Stores(page);
    const shell = new Shell(page);
    await page.goto('/stores');
    await stores.addSandbox.click();
    await stores.edit.getByLabel('Name', { exact: true }).fill('Outlet');
    await stores.save();
    await expect(shell.notices).toContainText('The store is saved.');
    await expect(shell.heading).toHaveText('Outlet');
    await stores.edit.getByRole('textbox', { name: 'New API key' }).fill('wrong');
    await stores.save();
    await expect(stores.edit.getByText('The saved one stays in use.')).toBeVisible();
    await stores.remove('Outlet');
    await stores.deleted.getByRole('button', { name: 'Restore' }).click();
    await expect(shell.notices).toContainText('Outlet is restored.');
    await expect(shell.heading).toHaveText('Outlet');
  });
});
