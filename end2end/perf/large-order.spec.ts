// An order of two hundred lines, and changes of all of them. It stands here because what another test takes of the processor is
// not a freeze of the page.
import { isLight } from '../budgets';
import { Change, Approvals } from '../pages/changes';
import { Console } from '../pages/console';
import { openShop, SHOP, type Shop } from '../shop';
import { expect, test } from '../workspace';

const LINES = 200;
const lines = Array.from({ length: LINES }, (_, number) => ({
  name: `Item ${number}`,
  code: `SKU-${number}`,
  quantity: 1,
  price: 2,
  weight: 0.5,
  variation_list: { Color: 'Blue', Size: 'L' },
  metadata: { shelf: `A${number}` },
}));
const order = { source_id: 'LARGE', email: 'ann@example.com', shipping: { first_name: 'Ann', last_name: 'Lee' }, order_items: lines };
/** The longest that a page may not answer, in milliseconds, at the machine's own speed, while nothing else runs on it. */
const FREEZE_MS = 200;

let shop: Shop;
/** The order of two hundred lines. */
let id: string;
/** Fails when the page did not answer for too long since it was loaded, and says how long it was. */
let isNeverFrozen: () => Promise<void>;

test.beforeEach(async ({ app, workspace, page }) => {
  shop = await openShop(app, workspace.name);
  const made = await shop.write('orders_create', { store_identifier: SHOP, order_data: order });
  expect(made, JSON.stringify(made)).toMatchObject({ status: 'success' });
  id = made.order_id;
  await page.addInitScript(() => {
    const tasks: number[] = [];
    new PerformanceObserver((seen) => tasks.push(...seen.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });
    Object.assign(window, { longestTask: () => Math.max(0, ...tasks) });
  });
  isNeverFrozen = async () => {
    const longest = await page.evaluate<number>('longestTask()');
    console.log('longest task', longest);
    expect(longest, 'longest task').toBeLessThan(FREEZE_MS);
  };
});

test('a new order of them is read line by line, a part at a time', async ({ page }) => {
  const receipt = await shop.propose('orders_create', { store_identifier: SHOP, order_data: { ...order, source_id: 'ANOTHER' } });
  await page.goto('/approvals');
  const card = new Approvals(page).cards.first();
  await expect(card.getByRole('link', { name: 'All 204 fields' })).toBeVisible();
  await isLight(page, 'the approvals');
  await card.getByRole('link', { name: 'All 204 fields' }).click();
  const change = new Change(page);
  await expect(page).toHaveURL(`/changes/${receipt.change_id}`);
  await expect(change.field('Line 1')).toContainText('SKU: SKU-0');
  await page.getByText('Show 75 more fields').click();
  await expect(change.field('Line 96')).toContainText('SKU: SKU-95');
  await isLight(page, 'a new order');
  const pages = page.getByRole('navigation', { name: 'Fields' });
  await expect(pages).toContainText('Fields 1 to 100 of 204');
  await pages.getByRole('link', { name: 'Next fields' }).click();
  await expect(change.field('Line 97')).toContainText('SKU: SKU-96');
  await pages.getByRole('link', { name: 'Next fields' }).click();
  await expect(pages).toContainText('Fields 201 to 204 of 204');
  await expect(change.field('Line 200')).toContainText('SKU: SKU-199');
  await page.reload();
  await expect(change.field('Line 200')).toContainText('SKU: SKU-199');
  await page.getByText('Show as JSON').click();
  await expect(page.getByRole('region', { name: 'the difference as JSON' })).toContainText('SKU-137');
  await pages.getByRole('link', { name: 'Fields before' }).click();
  await expect(change.field('Line 97')).toBeVisible();
  await isNeverFrozen();
});

test('a change of every line is approved, undone, and never too much for its page', async ({ page }) => {
  const { order: before } = await shop.write('orders_get', { store_identifier: SHOP, order_id: id, detail: 'full' });
  const dearer = before.order_items.map((line: { id: string }) => ({ id: line.id, quantity: 3, price: 4.5 }));
  const receipt = await shop.propose('orders_update', { store_identifier: SHOP, order_id: id, changes: { order_items: dearer } });
  expect(receipt, JSON.stringify(receipt).slice(0, 500)).toMatchObject({ status: 'pending' });
  const change = new Change(page);
  await change.open(receipt.change_id);
  await expect(page.getByRole('navigation', { name: 'Fields' })).toContainText('Fields 1 to 100 of 400');
  await expect(change.difference.first().getByRole('row').nth(1)).toContainText('4.5');
  await page.getByText('Show 75 more fields').click();
  await isLight(page, 'a change of every line');
  await change.approve.click();
  await expect(change.state).toHaveText('Done');
  await change.undo.click();
  const preview = page.getByRole('region', { name: 'Undo this change?' });
  await expect(preview).toContainText('And 375 more fields.');
  await isLight(page, 'what undoing a change of every line would do');
  await isNeverFrozen();
  await preview.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Undo');
  await expect(change.state).toHaveText('Done');
  const { order: after } = await shop.write('orders_get', { store_identifier: SHOP, order_id: id, detail: 'full' });
  expect(after.order_items).toEqual(before.order_items);
});

test('its deletion shows all that goes', async ({ page }) => {
  const receipt = await shop.write('orders_delete', { store_identifier: SHOP, order_id: id });
  const change = new Change(page);
  await change.open(receipt.change_id);
  await expect(page.getByRole('table', { name: 'What is deleted' }).first()).toBeVisible();
  await page.locator('main summary').filter({ hasText: 'more fields' }).click();
  await isLight(page, 'the deletion of an order');
  await page.getByRole('navigation', { name: 'Fields' }).getByRole('link', { name: 'Next fields' }).click();
  await expect(page.getByRole('navigation', { name: 'Fields' })).toContainText('Fields 101 to 200 of');
  await isNeverFrozen();
});

test("the console's answer is opened and searched without a freeze", async ({ page }) => {
  const console = new Console(page);
  await console.open('orders_get');
  await console.field('order_id').fill(id);
  await console.run.click();
  await expect(console.result.getByText(`the first 25 of ${LINES}`)).toBeVisible();
  await console.showResult('JSON');
  await console.result.locator('summary', { hasText: 'order:' }).click();
  await console.result.locator('summary', { hasText: 'order_items:' }).click();
  await console.result.getByRole('button', { name: 'Show more (100 are left)' }).click();
  await expect(console.result.locator('summary', { hasText: '199:' })).toBeVisible();
  await isLight(page, 'the order as a tree');
  await page.getByLabel('Search the JSON').fill('SKU-137');
  await expect(console.result.getByText('1 place has it:')).toBeVisible();
  await page.getByLabel('Search the JSON').fill('Item');
  await isLight(page, 'what was found in the order');
  await console.showResult('As the assistant sees it');
  await expect(console.result.getByRole('region', { name: 'As the assistant sees it' })).toContainText('SKU-199');
  await isLight(page, 'the order as text');
  await isNeverFrozen();
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('its parts are links', async ({ page }) => {
    const receipt = await shop.propose('orders_create', { store_identifier: SHOP, order_data: { ...order, source_id: 'ANOTHER' } });
    const change = new Change(page);
    await change.open(receipt.change_id);
    await page.getByRole('link', { name: 'Next fields' }).click();
    await page.getByRole('link', { name: 'Next fields' }).click();
    await expect(change.field('Line 200')).toContainText('SKU: SKU-199');
    await page.goto(`/changes/${receipt.change_id}?from=nonsense`);
    await expect(change.field('Line 1')).toContainText('SKU: SKU-0');
  });
});
