// An Order Desk that takes its time: pages say that they wait, can be left, and nothing is asked for twice.
import type { App, Request } from '../app';
import { assistant } from '../calls';
import { Approvals, Change, Changes } from '../pages/changes';
import { Console } from '../pages/console';
import { Shell } from '../pages/shell';
import { openOtherShop, OTHER_SHOP } from '../shop';
import { expect, test } from '../workspace';

const SLOW_MS = 4_000;
const slow = (method: string, path: string) => ({ method, path, action: { slow: { delay_ms: SLOW_MS } } });

/** Gives a function that tells which requests of a kind have reached Order Desk since now. */
async function since(app: App, method: string, path: RegExp): Promise<() => Promise<Request[]>> {
  const last = (await app.orderDesk.log()).at(-1)?.seq ?? 0;
  return async () => (await app.orderDesk.log()).filter((entry) => entry.seq > last && entry.method === method && path.test(entry.path));
}

/** Proposes another city for an order of the simulator's shop, and gives the change and the order. */
async function propose(app: App, tenant: string, city: string, place = 0): Promise<{ id: string; order: string }> {
  const call = assistant(app, tenant, 'propose', `Proposer of ${city}`);
  const { orders } = await call('orders_list', { store_identifier: OTHER_SHOP, limit: 10 });
  const order: string = orders[place].id;
  const wish = { store_identifier: OTHER_SHOP, order_id: order, changes: { shipping: { city } }, reason: `To ${city}` };
  const receipt = await call('orders_update', wish);
  expect(receipt, JSON.stringify(receipt)).toMatchObject({ status: 'pending' });
  return { id: receipt.change_id, order };
}

test.beforeEach(({ app, workspace }) => {
  openOtherShop(app, workspace.name);
});

test('a test of the connection says that it runs, and runs once however often it is asked for', async ({ page, app }) => {
  await page.goto('/stores');
  await page.getByRole('link', { name: OTHER_SHOP }).click();
  const button = page.getByRole('button', { name: 'Test connection' });
  await expect(button).toBeVisible();
  const tests = await since(app, 'GET', /^\/test$/);
  await app.orderDesk.fault(slow('GET', '/test'));
  await button.click();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button.locator('.spinner')).toBeVisible();
  await expect(button).toBeFocused();
  await button.click({ force: true });
  await page.keyboard.press('Enter');
  await expect(page.getByText('The connection works')).toBeVisible();
  await expect(button).not.toHaveAttribute('aria-disabled');
  expect(await tests()).toHaveLength(1);
});

test('a test of the connection can be left', async ({ page, app }) => {
  await page.goto('/stores');
  await page.getByRole('link', { name: OTHER_SHOP }).click();
  await app.orderDesk.fault(slow('GET', '/test'));
  await page.getByRole('button', { name: 'Test connection' }).click();
  await new Shell(page).goTo('Keys');
  await expect(new Shell(page).heading).toHaveText('Keys');
  await page.goBack();
  await expect(page.getByRole('heading', { name: OTHER_SHOP })).toBeVisible();
  await expect(page.getByText('The connection works')).toHaveCount(0);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
});

test("a store's page does not wait for its folders, and stops writes meanwhile", async ({ page, app }) => {
  await app.orderDesk.fault({ ...slow('GET', '/store'), action: { slow: { delay_ms: 9_000 } } });
  await page.goto('/stores');
  const address = (await page.getByRole('link', { name: OTHER_SHOP }).getAttribute('href')) ?? '';
  const began = Date.now();
  await page.goto(address);
  expect(Date.now() - began, 'milliseconds until the page is there').toBeLessThan(6_000);
  await expect(page.getByRole('region', { name: 'Folders' })).toContainText('Order Desk');
  await expect(page.getByRole('button', { name: 'Stop writes', exact: true }).last()).toBeVisible();
});

test('a run is made once, can be left while it writes, and is found among the changes', async ({ page, app, workspace }) => {
  const { orders } = await assistant(app, workspace.name)('orders_list', { store_identifier: OTHER_SHOP, limit: 5 });
  const order: string = orders[4].id;
  const notes = await since(app, 'POST', new RegExp(`^/orders/${order}/`));
  await app.orderDesk.fault(slow('POST', `/orders/${order}/**`));
  const console = new Console(page);
  await console.open('orders_add_note');
  await console.field('store_identifier').selectOption(OTHER_SHOP);
  await console.field('order_id').fill(order);
  await console.field('note').fill('Called the customer.');
  await console.run.click();
  await expect(console.status).toHaveText('Running orders_add_note.');
  await expect(page.locator('#console-seconds')).toHaveText(/^[1-9] s$/);
  await page.keyboard.press('Control+Enter');
  await new Shell(page).goTo('Changes');
  const row = new Changes(page).row(order);
  await row.getByRole('link').first().click();
  await expect(new Change(page).state).toHaveText('Done');
  expect(await notes()).toHaveLength(1);
});

test('an approval says that it writes, and writes once', async ({ page, app, workspace }) => {
  const { id, order } = await propose(app, workspace.name, 'Reno');
  const writes = await since(app, 'PUT', new RegExp(`^/orders/${order}$`));
  await app.orderDesk.fault(slow('PUT', `/orders/${order}`));
  const change = new Change(page);
  await change.open(id);
  await change.approve.click();
  await expect(change.approve).toHaveAttribute('aria-disabled', 'true');
  await expect(change.approve.locator('.spinner')).toBeVisible();
  await change.approve.click({ force: true });
  await expect(change.state).toHaveText('Done');
  expect(await writes()).toHaveLength(1);
});

test('an approval can be left while it writes, and is carried out all the same', async ({ page, app, workspace }) => {
  const first = await propose(app, workspace.name, 'Reno', 1);
  const second = await propose(app, workspace.name, 'Elko', 2);
  const writes = await since(app, 'PUT', /^\/orders\//);
  await app.orderDesk.fault(slow('PUT', `/orders/${first.order}`));
  const approvals = new Approvals(page);
  await page.goto('/approvals');
  await approvals.card('To Reno').getByRole('button', { name: 'Approve and write' }).click();
  // Another decision is not held up by the first.
  await approvals.deny(approvals.card('To Elko'), 'No');
  await expect(approvals.card('To Elko')).toContainText('Denied');
  await new Shell(page).goTo('Changes');
  const changes = new Changes(page);
  await changes.row(first.order).getByRole('link').first().click();
  const change = new Change(page);
  await expect(change.state).not.toHaveText('Waiting');
  await expect(change.approve).toHaveCount(0);
  await expect(change.state).toHaveText('Done');
  expect(await writes()).toHaveLength(1);
  expect(second.id).not.toBe(first.id);
});
