import { expect, test } from '../workspace';
import { SANDBOX, Stores } from '../pages/stores';
import { Shell } from '../pages/shell';

test.beforeEach(({ workspace }) => {
  expect(workspace.masterKey).toMatch(/^odm_mk_/);
});

test('an empty workspace offers the sandbox in one click', async ({ page }) => {
  const stores = new Stores(page);
  await page.goto('/stores');
  await expect(page.getByRole('heading', { name: 'No stores yet' })).toBeVisible();
  await stores.addSandbox.click();
  // First what goes away by itself.
  await expect(new Shell(page).notices).toContainText('Sandbox was added.');
  await expect(new Shell(page).heading).toHaveText('Sandbox');
  await expect(page.getByRole('heading', { name: 'Folders' })).toBeVisible();
  await new Shell(page).goTo('Stores');
  await expect(stores.row('Sandbox')).toContainText('Ready');
  await expect(stores.addSandbox).toHaveCount(0);
});

test('a wrong key shows which step failed and saves nothing', async ({ page }) => {
  const stores = new Stores(page);
  await page.goto('/stores/new');
  await stores.fill({ id: SANDBOX.id, key: 'not-the-key', name: 'Mine' });
  await page.getByRole('button', { name: 'Add store' }).click();
  await expect(page.getByText('The connection does not work')).toBeVisible();
  const failed = page.getByRole('listitem').filter({ hasText: ': Failed' });
  await expect(failed).toHaveCount(1);
  await expect(page.getByLabel('API key', { exact: true })).toHaveValue('not-the-key');
  await page.goto('/stores');
  await expect(page.getByRole('heading', { name: 'No stores yet' })).toBeVisible();
});

test('credentials can be tried first', async ({ page }) => {
  const stores = new Stores(page);
  await page.goto('/stores/new');
  await stores.fill(SANDBOX);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
  await expect(page).toHaveURL('/stores/new');
});

test.describe('refused fields', () => {
  test.use({ expectedProblems: [/status of (409|422)/] });

  test('a store id that cannot be one is refused at its field', async ({ page }) => {
    const stores = new Stores(page);
    await page.goto('/stores/new');
    await stores.fill({ id: '../store', key: 'x' });
    await page.getByRole('button', { name: 'Add store' }).click();
    const field = page.getByLabel('Store id', { exact: true });
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toBeFocused();
  });

  test('a name that is not the store\'s deletes nothing', async ({ page }) => {
    await new Stores(page).add({ ...SANDBOX, name: 'Keep me' });
    await page.getByRole('button', { name: 'Delete store' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete store' });
    await dialog.getByLabel('Name of the store').fill('keep me');
    await dialog.getByRole('button', { name: 'Delete store' }).click();
    await expect(dialog.getByLabel('Name of the store')).toHaveAccessibleDescription(/not the store's name/);
    await page.goto('/stores');
    await expect(new Stores(page).row('Keep me')).toBeVisible();
  });
});

test('the detail page tests the connection and shows folders, time zone and bucket', async ({ page }) => {
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop', label: 'EU' });
  await expect(page.getByRole('img', { name: /of 20 requests left/ })).toBeVisible();
  await expect(page.getByText('EU', { exact: true })).toBeVisible();
  const test = page.getByRole('button', { name: 'Test connection' });
  const readAnew = page.waitForResponse('**/api/get_store');
  await test.click();
  await expect(page.getByText('The connection works')).toBeVisible();
  expect(await page.getByRole('listitem').filter({ hasText: ': Passed' }).count()).toBeGreaterThan(1);
  // The figures are read anew, and the test's outcome and the focus stay.
  expect((await readAnew).status()).toBe(200);
  await expect(page.getByText('The connection works')).toBeVisible();
  await expect(test).toBeFocused();
});

test('a typed name deletes the store', async ({ page }) => {
  await new Stores(page).add({ ...SANDBOX, name: 'Old shop' });
  const opener = page.getByRole('button', { name: 'Delete store' });
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'Delete store' });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  await dialog.getByLabel('Name of the store').fill('Old shop');
  await dialog.getByRole('button', { name: 'Delete store' }).click();
  await expect(new Shell(page).notices).toContainText('Old shop was removed.');
  await expect(page).toHaveURL('/stores');
  await expect(page.getByRole('heading', { name: 'No stores yet' })).toBeVisible();
});

test('the search narrows the list and says how many are left', async ({ page }) => {
  const stores = new Stores(page);
  await stores.add({ ...SANDBOX, name: 'Main shop' });
  await page.goto('/stores');
  await stores.search.fill('MAIN');
  await expect(stores.row('Main shop')).toBeVisible();
  await stores.search.fill('other');
  await expect(page.getByText('No store matches')).toBeVisible();
  await expect(page.getByText('0 of 1 store')).toBeVisible();
});

test.describe('a store that is not there', () => {
  test.use({ expectedProblems: [/status of 404/] });

  test('answers 404 and leads back', async ({ page }) => {
    for (const path of ['/stores/00000000000000000000000000', '/stores/nonsense', '/nowhere']) {
      const response = await page.goto(path);
      expect(response?.status(), path).toBe(404);
      await expect(page.getByRole('link', { name: /dashboard/ }).last()).toBeVisible();
    }
  });
});
