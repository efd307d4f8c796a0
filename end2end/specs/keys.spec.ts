import { manyKeys } from '../many';
import { Keys } from '../pages/keys';
import { Shell } from '../pages/shell';
import { openShop, SHOP, type Shop } from '../shop';
import { expect, test } from '../workspace';

let shop: Shop;
let order: string;

test.beforeEach(async ({ app, workspace }) => {
  shop = await openShop(app, workspace.name);
  [order = ''] = shop.orders;
});

const city = (name: string) => ({ store_identifier: SHOP, order_id: order, changes: { shipping: { city: name } } });

test('the keys are listed with what they may do', async ({ page }) => {
  await page.goto('/keys');
  const keys = new Keys(page);
  await expect(keys.row('Proposer')).toContainText('may propose changes');
  await expect(keys.row('Owner')).toContainText('Master key');
  await expect(keys.row('Writer')).toContainText('In use');
});

test('many keys come in pages, those that have ended behind the others', async ({ app, page, workspace }) => {
  manyKeys(app, workspace.name, 120);
  await page.goto('/keys');
  const pages = page.getByRole('navigation', { name: 'Pages' });
  const usable = page.getByRole('table', { name: 'Keys that can be used' });
  const ended = page.getByRole('table', { name: 'Keys that were revoked or have ended' });
  await expect(pages).toContainText('Page 1 of 3');
  await expect(usable.getByRole('row')).toHaveCount(51);
  await expect(new Keys(page).row('Writer')).toBeVisible();
  await pages.getByRole('link', { name: 'Next page' }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(pages).toContainText('Page 2 of 3');
  await expect(usable).toBeVisible();
  await expect(ended).toBeHidden();
  await pages.getByRole('link', { name: 'Next page' }).click();
  await expect(ended).toBeVisible();
  await expect(usable).toBeHidden();
  await page.reload();
  await expect(pages).toContainText('Page 3 of 3');
  await page.goBack();
  await expect(pages).toContainText('Page 2 of 3');
});

test('a limit that is set holds from the next call', async ({ page }) => {
  const keys = new Keys(page);
  await keys.open('Writer');
  await page.getByLabel('Changing an address').check();
  await page.getByLabel('Only these').first().check();
  await page.getByText('Choose the tools').click();
  await keys.form.getByLabel('Change an order', { exact: true }).last().check();
  await page.getByLabel('Changes', { exact: false }).first().fill('5');
  await keys.save.click();
  await expect(new Shell(page).notices).toContainText('The limits are saved.');
  expect((await shop.write('orders_update', city('Reno'))).status).toBe('pending');
  const refused = await shop.write('orders_add_note', { store_identifier: SHOP, order_id: order, note: 'x' });
  expect(refused.error).toBeTruthy();
  await page.reload();
  await expect(page.getByLabel('Changing an address')).toBeChecked();
  await expect(page.getByRole('region', { name: 'Budget' })).toContainText('5 of 5 left');
});

test.describe('refused limits', () => {
  test.use({ expectedProblems: [/status of 422/] });

  test('stand at their field, and what was typed stays', async ({ page }) => {
    const keys = new Keys(page);
    await keys.open('Writer');
    const money = page.getByLabel('Money moved');
    await money.fill('a lot');
    await keys.save.click();
    await expect(money).toHaveAttribute('aria-invalid', 'true');
    await expect(money).toHaveAccessibleDescription(/an amount such as/);
    await expect(money).toHaveValue('a lot');
  });
});

test('a typed name revokes a key', async ({ page }) => {
  await new Keys(page).open('Writer');
  await page.getByRole('button', { name: 'Revoke key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke key' });
  await dialog.getByLabel('Name of the key').fill('Writer');
  await dialog.getByRole('button', { name: 'Revoke key' }).click();
  await expect(new Shell(page).notices).toContainText('The key Writer is revoked.');
  await expect(page).toHaveURL('/keys');
  await page.getByText('Show keys that were revoked').click();
  await expect(new Keys(page).row('Writer')).toContainText('Revoked');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('a limit is set', async ({ page }) => {
    const keys = new Keys(page);
    await keys.open('Writer');
    await page.getByLabel('Changing an address').check();
    await keys.save.click();
    await expect(new Shell(page).notices).toContainText('The limits are saved.');
    await expect(page.getByLabel('Changing an address')).toBeChecked();
    // What was refused is drawn as it was sent, not as it is saved.
    await page.getByLabel('Changing an address').uncheck();
    await page.getByLabel('Money moved').fill('a lot');
    await keys.save.click();
    await expect(page.getByLabel('Money moved')).toHaveAccessibleDescription(/must be an amount/);
    await expect(page.getByLabel('Money moved')).toHaveValue('a lot');
    await expect(page.getByLabel('Changing an address')).not.toBeChecked();
    await page.reload();
    await expect(page.getByLabel('Changing an address')).toBeChecked();
  });
});
