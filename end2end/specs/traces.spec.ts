// Recorded calls: what was called, by whom, and what happened in it.
import { Shell } from '../pages/shell';
import { Trace, Traces } from '../pages/traces';
import { Login } from '../pages/login';
import { addPerson, PASSWORD } from '../people';
import { openShop, SHOP, writeCity } from '../shop';
import { expect, test } from '../workspace';

test('an empty workspace says what will stand here', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await page.goto('/traces?q=order:1');
  await expect(page.getByText('No call matches.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all calls' }).click();
  await expect(page).toHaveURL('/traces');
});

test('calls are listed, narrowed by the query and by facets, and the address holds it all', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [order = '', other = ''] = shop.orders;
  await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: other });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: '999999999' });
  const traces = new Traces(page);
  await traces.open('', 5);

  await traces.ask('tool:orders_get');
  await expect(traces.rows).toHaveCount(4);
  await traces.ask(`order:${order}`);
  await expect(traces.rows).toHaveCount(2);
  await traces.ask('status:error');
  await expect(traces.rows).toHaveCount(1);
  await expect(traces.rows).toContainText('not found');

  // A facet is a term of the query.
  await traces.ask('');
  await traces.value('Tool', 'orders_get').click();
  await expect(page).toHaveURL(/q=tool%3Aorders_get/);
  await expect(traces.query).toHaveValue('tool:orders_get');
  await expect(traces.rows).toHaveCount(4);
  await traces.value('Tool', 'orders_get').click();
  await expect(traces.query).toHaveValue('');
  await traces.facet('Tool').getByRole('link', { name: 'Leave out orders_get' }).click();
  await expect(traces.query).toHaveValue('-tool:orders_get');
  await expect(traces.table).not.toContainText('orders_get');

  // The way back leads through the queries.
  await page.goBack();
  await expect(traces.query).toHaveValue('');
  await page.reload();
  await expect(traces.rows.first()).toBeVisible();
});

test('a query that cannot be read says what may stand there', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  const traces = new Traces(page);
  await page.goto('/traces');
  await traces.ask('latency:slow');
  await expect(page.getByText('takes milliseconds')).toBeVisible();
  await traces.ask('store:Nowhere');
  await expect(page.locator('main')).toContainText('Nowhere');
  await expect(traces.query).toHaveValue('store:Nowhere');
  await page.getByText('What can be asked').click();
  await expect(page.getByText('a key or a person, by name or id')).toBeVisible();
});

test('a bar of the histogram narrows the list to its time', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('door:mcp', 1);
  const calls = await traces.rows.count();
  await expect(traces.bars.last()).toHaveAttribute('title', /call/);
  await traces.bars.last().click();
  await expect(traces.query).toHaveValue(/^door:mcp since:\S+ until:\S+$/);
  await expect(traces.rows).toHaveCount(calls);
});

test('one call shows its steps, who called, and leads to the order and its change', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  const change = await writeCity(shop, order, 'Reno');
  const traces = new Traces(page);
  await traces.open('tool:orders_update', 1);
  await page.getByRole('link', { name: 'orders_update', exact: true }).first().click();
  const trace = new Trace(page);
  await expect(new Shell(page).heading).toHaveText('orders_update');
  await expect(trace.details).toContainText('Writer');
  await expect(trace.details).toContainText(SHOP);
  await expect(trace.steps.getByRole('row').filter({ hasText: 'PUT /orders/' })).toHaveCount(1);
  await trace.steps.getByText('More').first().click();
  await trace.details.getByRole('link', { name: 'What it changed' }).click();
  await expect(page).toHaveURL(`/changes/${change}`);
  await page.goBack();
  await trace.details.getByRole('link', { name: order }).click();
  await expect(traces.query).toHaveValue(`order:${order}`);
});

test.describe('what a call carried', () => {
  test.use({ expectedProblems: [/status of 403/] });

  test('is read by an auditor, which is recorded, and by nobody below', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    const [order = ''] = shop.orders;
    await writeCity(shop, order, 'Canaryville');
    const auditor = addPerson(app, workspace.name, 'Ada', 'auditor');
    const viewer = addPerson(app, workspace.name, 'Bob', 'viewer');
    const traces = new Traces(page);
    const trace = new Trace(page);
    await new Shell(page).signOut();
    await page.goto('/login?next=/traces');
    await new Login(page).signInAs(auditor, PASSWORD);
    await expect(page).toHaveURL('/traces');
    await traces.open('tool:orders_update', 1);
    await traces.rows.getByRole('link', { name: 'orders_update', exact: true }).first().click();
    await trace.carried.getByRole('link', { name: 'Show what it carried' }).click();
    await expect(trace.carried).toContainText(order);
    await expect(trace.carried).toContainText('[hidden: address]');
    await expect(page.locator('main')).not.toContainText('Canaryville');
    const address = page.url();
    await traces.open('tool:trace_payload', 1);
    await expect(traces.rows.first()).toContainText('Ada');

    await new Shell(page).signOut();
    await page.goto('/login?next=/traces');
    await new Login(page).signInAs(viewer, PASSWORD);
    await expect(page).toHaveURL('/traces');
    await page.goto(address.split('?')[0] ?? '');
    await expect(trace.carried).not.toContainText(order);
    await expect(trace.carried.getByRole('link')).toHaveCount(0);
    const answer = await page.goto(address);
    expect(answer?.status()).toBe(403);
  });
});

test.describe('beside the list', () => {
  test.use({ viewport: { width: 1440, height: 900 } });

  test('a call is looked at, and j and k go from one to the next @desktop', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    for (const order_id of shop.orders.slice(0, 3)) await shop.write('orders_get', { store_identifier: SHOP, order_id });
    const traces = new Traces(page);
    await traces.open('tool:orders_get', 3);
    await traces.rows.first().getByRole('link', { name: 'Look at orders_get beside the list' }).click();
    await expect(traces.panel).toContainText('What happened');
    await expect(traces.rows.first()).toHaveAttribute('aria-current', 'true');
    await page.keyboard.press('j');
    await expect(traces.rows.nth(0).getByRole('link', { name: 'orders_get', exact: true })).toBeFocused();
    await page.keyboard.press('j');
    await expect(traces.rows.nth(1)).toHaveAttribute('aria-current', 'true');
    await page.keyboard.press('k');
    await expect(traces.rows.nth(0)).toHaveAttribute('aria-current', 'true');
    await traces.panel.getByRole('link', { name: 'Close' }).click();
    await expect(traces.panel).toHaveCount(0);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/traces\/[0-9a-z]{26}$/);
  });

  test('a live list takes in new calls by itself @desktop', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    const traces = new Traces(page);
    await traces.open('tool:orders_list', 1);
    await page.getByRole('link', { name: 'Live: off' }).click();
    await expect(page.getByRole('link', { name: 'Live: on' })).toBeVisible();
    await page.mouse.move(5, 5);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const before = await traces.rows.count();
    await shop.write('orders_list', { store_identifier: SHOP, limit: 3 });
    await expect(traces.rows).toHaveCount(before + 1);
  });
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('the list is asked, narrowed, and a call opened', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    const [order = ''] = shop.orders;
    await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
    const traces = new Traces(page);
    await traces.open('', 2);
    await traces.query.fill(`order:${order}`);
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(traces.rows).toHaveCount(1);
    await traces.rows.getByRole('link', { name: 'orders_get', exact: true }).click();
    await expect(new Shell(page).heading).toHaveText('orders_get');
    await expect(new Trace(page).details).toContainText(order);
  });
});
