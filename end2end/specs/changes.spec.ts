// From a proposal to its undo, as a person sees it.
import { Approvals, Change, Changes } from '../pages/changes';
import { Shell } from '../pages/shell';
import { openOtherShop, openShop, OTHER_SHOP, proposeCity, read, SHOP, writeCity, type Shop } from '../shop';
import { expect, test } from '../workspace';

test('an empty list says how changes come about', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await page.goto('/changes');
  await expect(page.getByRole('heading', { name: 'No changes yet' })).toBeVisible();
  await page.goto('/approvals');
  await expect(page.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
  await expect(new Approvals(page).count).toHaveCount(0);
});

test.describe('with a shop', () => {
  let shop: Shop;
  let order: string;

  test.beforeEach(async ({ app, workspace }) => {
    shop = await openShop(app, workspace.name);
    [order = ''] = shop.orders;
  });

  test('a proposal is counted on every page, approved, verified and undone', async ({ page }) => {
    const before = (await read(shop, order)).shipping.city;
    await page.goto('/stores');
    const approvals = new Approvals(page);
    await expect(approvals.count).toHaveCount(0);
    await proposeCity(shop, order, 'Reno');
    await page.goto('/stores');
    await new Shell(page).openNav();
    await expect(approvals.count).toHaveText('1 waiting');

    await page.goto('/approvals');
    const card = approvals.card('The customer moved');
    await expect(card).toContainText('Reno');
    await card.getByRole('link').first().click();

    const change = new Change(page);
    await expect(change.state).toHaveText('Waiting');
    await expect(change.field('Shipping address: city')).toContainText(before);
    await expect(change.field('Shipping address: city')).toContainText('Reno');
    await change.approve.click();
    await expect(change.state).toHaveText('Done');
    await expect(new Shell(page).notices).toContainText('Approved, written, and read back');
    await expect(approvals.count).toHaveCount(0);
    expect((await read(shop, order)).shipping.city).toBe('Reno');

    await change.undo.click();
    const preview = page.getByRole('region', { name: 'Undo this change?' });
    await expect(preview).toContainText(before);
    await preview.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(new Shell(page).heading).toContainText('Undo');
    await expect(change.state).toHaveText('Done');
    expect((await read(shop, order)).shipping.city).toBe(before);
    await page.getByRole('link', { name: 'this change', exact: true }).click();
    await expect(change.state).toHaveText('Undone');
  });

  test('a proposal is denied with a reason', async ({ page }) => {
    const id = await proposeCity(shop, order, 'Reno');
    const change = new Change(page);
    await change.open(id);
    await change.deny('Ask the customer first');
    await expect(change.state).toHaveText('Denied');
    await expect(page.locator('main')).toContainText('Ask the customer first');
    expect((await shop.propose('changes_get', { change_id: id })).decision_reason).toBe('Ask the customer first');
  });

  test('a card decides without leaving the page, and stays where it is', async ({ page }) => {
    await proposeCity(shop, order, 'Reno', 'First');
    await proposeCity(shop, shop.orders[1] ?? '', 'Elko', 'Second');
    const approvals = new Approvals(page);
    await page.goto('/approvals');
    await expect(approvals.cards).toHaveCount(2);
    await approvals.card('First').getByRole('button', { name: 'Approve and write' }).click();
    await expect(approvals.card('First')).toContainText('Done');
    await approvals.deny(approvals.card('Second'), 'No');
    await expect(approvals.card('Second')).toContainText('Denied');
    await expect(approvals.cards).toHaveCount(2);
    await expect(approvals.count).toHaveCount(0);
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
  });

  test.describe('a difference that is another by now', () => {
    test.use({ expectedProblems: [/status of 409/] });

    test('is not approved, but shown anew', async ({ page }) => {
      const id = await proposeCity(shop, order, 'Reno');
      const change = new Change(page);
      await change.open(id);
      await writeCity(shop, order, 'Elko');
      await change.approve.click();
      await expect(page.getByRole('alert')).toContainText('worked out anew');
      await expect(change.state).toHaveText('Waiting');
      await expect(change.field('Shipping address: city')).toContainText('Elko');
      await change.approve.click();
      await expect(change.state).toHaveText('Done');
      expect((await read(shop, order)).shipping.city).toBe('Reno');
    });
  });

  test.describe('an edit of the same field in the last moment', () => {
    test.use({ expectedProblems: [/status of 409/] });

    test('ends the change as a conflict that shows all three sides', async ({ page, app, workspace }) => {
      openOtherShop(app, workspace.name);
      const { orders } = await shop.write('orders_list', { store_identifier: OTHER_SHOP, limit: 1 });
      const [{ id: order_id }] = orders;
      const there = { store_identifier: OTHER_SHOP, order_id };
      const before = (await shop.write('orders_get', { ...there, detail: 'full' })).order.shipping.city;
      const receipt = await shop.propose('orders_update', { ...there, changes: { shipping: { city: 'Reno' } } });
      const change = new Change(page);
      await change.open(receipt.change_id);
      await app.orderDesk.fault({
        method: 'GET',
        path: `/orders/${order_id}`,
        action: { foreign_edit: { patch: { shipping: { city: 'Elko' } } } },
      });
      await change.approve.click();
      await expect(page.getByRole('alert')).toContainText('because somebody else has changed');
      await expect(change.state).toHaveText('Conflict');
      const sides = page.getByRole('table', { name: 'Both changes' });
      const city = sides.getByRole('row').filter({ hasText: 'Shipping address: city' });
      for (const side of [before, 'Reno', 'Elko']) await expect(city).toContainText(side);
      await expect(change.approve).toHaveCount(0);
      expect((await shop.write('orders_get', { ...there, detail: 'full' })).order.shipping.city).toBe('Elko');
    });
  });

  test('an undo that meets somebody else\'s edit offers the rest', async ({ page }) => {
    const original = await read(shop, order);
    const receipt = await shop.write('orders_update', {
      store_identifier: SHOP,
      order_id: order,
      changes: { shipping: { city: 'Reno', company: 'Acme' } },
    });
    await writeCity(shop, order, 'Elko');
    const change = new Change(page);
    await change.open(receipt.change_id);
    await change.undo.click();
    const preview = page.getByRole('region', { name: 'Undo this change?' });
    await expect(preview).toContainText('The rest can be taken back');
    await preview.getByRole('button', { name: 'Undo only the rest' }).click();
    await expect(new Shell(page).heading).toContainText('Undo');
    const now = await read(shop, order);
    expect(now.shipping.city).toBe('Elko');
    expect(now.shipping.company).toBe(original.shipping.company);
  });

  test('what is asked for is shown even if the page looks again by itself meanwhile', async ({ page }) => {
    const change = new Change(page);
    await change.open(await writeCity(shop, order, 'Reno'));
    await expect(change.state).toHaveText('Done');
    await page.route('**/api/get_change', async (route) => {
      const answer = await route.fetch();
      // Longer than the two seconds between two looks.
      await new Promise((soon) => setTimeout(soon, 2500));
      await route.fulfill({ response: answer });
    });
    await change.undo.click();
    await expect(page.getByRole('region', { name: 'Undo this change?' })).toBeVisible();
  });

  test('an undo can be left alone', async ({ page }) => {
    const id = await writeCity(shop, order, 'Reno');
    const change = new Change(page);
    await change.open(id);
    await change.undo.click();
    await page.getByRole('link', { name: 'Keep the change' }).click();
    await expect(page.getByRole('region', { name: 'Undo this change?' })).toHaveCount(0);
    await expect(change.state).toHaveText('Done');
  });

  test('what cannot be taken back says why', async ({ page }) => {
    const receipt = await shop.write('orders_add_note', { store_identifier: SHOP, order_id: order, note: 'Called' });
    const change = new Change(page);
    await change.open(receipt.change_id);
    await expect(page.getByRole('region', { name: 'Undo', exact: true })).toContainText('cannot be taken back');
    await expect(change.undo).toHaveCount(0);
  });

  test('a deletion shows the whole record that goes', async ({ page }) => {
    const receipt = await shop.write('orders_delete', { store_identifier: SHOP, order_id: order });
    expect(receipt.status).toBe('pending');
    const change = new Change(page);
    await change.open(receipt.change_id);
    const goes = page.getByRole('table', { name: 'What is deleted' }).first();
    await expect(goes.getByRole('rowheader', { name: 'Shipping address' })).toBeVisible();
    await expect(goes.getByRole('rowheader', { name: /^Line / }).first()).toBeVisible();
    await page.getByText('Show as JSON').click();
    await expect(page.getByRole('region', { name: 'the difference as JSON' })).toContainText('"order_items"');
    await change.approve.click();
    await expect(change.state).toHaveText('Done');
    await expect(page.getByRole('region', { name: 'Undo', exact: true })).toContainText('new one');
  });

  test('the list narrows by tab, order and key, and the address holds it', async ({ page }) => {
    await writeCity(shop, order, 'Reno');
    await proposeCity(shop, shop.orders[1] ?? '', 'Elko');
    const changes = new Changes(page);
    await page.goto('/changes');
    const rows = changes.table.locator('tbody').getByRole('row');
    await expect(rows).toHaveCount(2);
    await changes.tabs.getByRole('link', { name: 'Waiting (1)' }).click();
    await expect(rows).toHaveCount(1);
    await expect(page).toHaveURL('/changes?state=waiting');
    await page.getByLabel('Key', { exact: true }).selectOption('Writer');
    await expect(page.getByText('No change matches.')).toBeVisible();
    await changes.tabs.getByRole('link', { name: 'All' }).click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText('Writer');
    await page.getByLabel('Key', { exact: true }).selectOption('All keys');
    await page.getByLabel('Order or product id').fill(shop.orders[1] ?? '');
    await page.getByLabel('Order or product id').press('Enter');
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText('Proposer');
    await expect(page).toHaveURL(`/changes?order=${shop.orders[1]}`);
    await page.reload();
    await expect(rows).toHaveCount(1);
    await expect(page.getByLabel('Order or product id')).toHaveValue(shop.orders[1] ?? '');
    await page.goBack();
    await expect(page.getByLabel('Order or product id')).toHaveValue('');
  });

  test('the list shows new changes by itself', async ({ page }) => {
    await page.clock.install();
    await page.goto('/changes');
    await proposeCity(shop, order, 'Reno');
    const refreshed = page.waitForResponse('**/api/list_changes');
    await page.clock.runFor(5_000);
    const response = await refreshed;
    expect(await response.request().headerValue('x-odm-poll')).toBe('1');
    await expect(new Changes(page).row('Proposer')).toBeVisible();
  });

  test('a proposal that has moved on says so and does not change under the pointer', async ({ page }) => {
    const id = await proposeCity(shop, order, 'Reno');
    await page.clock.install();
    const change = new Change(page);
    await change.open(id);
    await page.evaluate((id) => fetch('/api/deny_change', { method: 'POST', body: new URLSearchParams({ id }), headers: { accept: 'application/json' } }), id);
    await page.clock.runFor(16_000);
    await expect(page.getByText('not as it stands below any more')).toBeVisible();
    await expect(change.approve).toBeVisible();
    await page.getByRole('button', { name: 'Show it as it is now' }).click();
    await expect(change.state).toHaveText('Denied');
  });

  test('the key that proposed sees why it cannot approve', async ({ page, app, workspace }) => {
    // The owner proposes through MCP with the key of the browser's session.
    const response = await fetch(`${app.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${workspace.masterKey}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': '2025-06-18',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'orders_delete', arguments: { store_identifier: SHOP, order_id: order } },
      }),
    });
    const { result } = await response.json();
    const change = new Change(page);
    await change.open(result.structuredContent.change_id);
    await expect(page.getByText('You cannot approve this')).toBeVisible();
    await expect(change.approve).toHaveCount(0);
  });
});

test.describe('a change that is not there', () => {
  test.use({ expectedProblems: [/status of 404/] });

  test('answers 404', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    for (const path of ['/changes/00000000000000000000000000', '/changes/nonsense', '/keys/nonsense']) {
      const response = await page.goto(path);
      expect(response?.status(), path).toBe(404);
      await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
    }
  });
});
