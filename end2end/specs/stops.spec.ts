// The switch that stops writes.
import { Approvals } from '../pages/changes';
import { Keys } from '../pages/keys';
import { Shell } from '../pages/shell';
import { Stores } from '../pages/stores';
import { openShop, proposeCity, SHOP, writeCity, type Shop } from '../shop';
import { expect, test } from '../workspace';

let shop: Shop;
let order: string;

test.beforeEach(async ({ app, workspace }) => {
  shop = await openShop(app, workspace.name);
  [order = ''] = shop.orders;
});

async function tryToWrite(city: string): Promise<string> {
  const answer = await shop.write('orders_update', { store_identifier: SHOP, order_id: order, changes: { shipping: { city } } });
  return answer.error ?? answer.status;
}

test('stops a running batch from any page, and says so on every page until it is resumed', async ({ page }) => {
  const shell = new Shell(page);
  await writeCity(shop, order, 'Reno');
  await page.goto('/connect');
  await shell.stopWrites('A rogue agent');
  await expect(page).toHaveURL('/connect');
  await expect(shell.stopped).toBeVisible();
  expect(await tryToWrite('Elko')).toContain('stopped by the owner');
  await page.goto('/');
  await expect(shell.stopped).toBeVisible();
  await page.getByRole('link', { name: 'Show what is stopped' }).click();
  const { stops } = new Approvals(page);
  await expect(stops).toContainText('All writes are stopped');
  await expect(stops).toContainText('A rogue agent');
  // Not with one click.
  await expect(stops.getByRole('button', { name: 'Resume writes' })).toBeHidden();
  await stops.locator('summary').click();
  await stops.getByRole('button', { name: 'Resume writes' }).click();
  await expect(shell.notices).toContainText('All writes go on.');
  await expect(shell.stopped).toHaveCount(0);
  expect(await tryToWrite('Elko')).toBe('success');
});

test('stops one store on its page', async ({ page }) => {
  await page.goto('/stores');
  await new Stores(page).row(SHOP).getByRole('link').click();
  const card = page.getByRole('region', { name: 'Stop writes' });
  await card.getByRole('button', { name: 'Stop writes to this store' }).click();
  await expect(card).toContainText(`Writes to ${SHOP} are stopped`);
  expect(await tryToWrite('Elko')).toContain('stopped by the owner');
});

test('stops one key on its page, and no other', async ({ page }) => {
  await new Keys(page).open('Writer');
  const card = page.getByRole('region', { name: 'Stop writes' });
  await card.getByRole('button', { name: 'Stop writes of this key' }).click();
  await expect(card).toContainText('Writes of the key Writer are stopped');
  expect(await tryToWrite('Elko')).toContain('stopped by the owner');
  await proposeCity(shop, order, 'Elko');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('stops and resumes', async ({ page }) => {
    const shell = new Shell(page);
    await page.goto('/stores');
    await shell.stopWrites('Night');
    await expect(shell.notices).toHaveText('All writes are stopped.');
    await expect(shell.stopped).toBeVisible();
    await page.goto('/approvals');
    const { stops } = new Approvals(page);
    await stops.locator('summary').click();
    await stops.getByRole('button', { name: 'Resume writes' }).click();
    await expect(shell.notices).toHaveText('All writes go on.');
    await expect(shell.stopped).toHaveCount(0);
  });
});
