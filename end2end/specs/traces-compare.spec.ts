// One recorded call made again, taken away, and compared with another.
import { Console } from '../pages/console';
import { Comparison, Trace, Traces } from '../pages/traces';
import { Shell } from '../pages/shell';
import { Login } from '../pages/login';
import { addPerson, PASSWORD } from '../people';
import { openShop, SHOP, writeCity } from '../shop';
import { expect, test } from '../workspace';

test('a write is run again as a dry run, without what was hidden, and copied as curl', async ({ page, app, workspace, axe }) => {
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  await writeCity(shop, order, 'Canaryville');
  const traces = new Traces(page);
  await traces.open('tool:orders_update', 1);
  await traces.rows.getByRole('link', { name: 'orders_update', exact: true }).first().click();
  const trace = new Trace(page);
  await expect(trace.again.getByRole('link', { name: 'Run again in the console' })).toHaveCount(0);
  await expect(trace.again).not.toContainText('curl -');
  await expect(trace.again.locator('code', { hasText: new URL(page.url()).pathname })).toBeVisible();
  await trace.again.getByRole('link', { name: 'Show it to run it again' }).click();
  await expect(trace.again).toContainText('changes.shipping.city');
  const curl = trace.again.locator('code', { hasText: 'curl ' });
  await expect(curl).toContainText('$ORDERDESK_MCP_KEY');
  await expect(curl).toContainText('"dry_run": true');
  await expect(curl).toContainText(`"order_id": "${order}"`);
  await expect(curl).not.toContainText('odm_');
  await expect(page.locator('main')).not.toContainText('Canaryville');
  await expect(trace.again.getByRole('button', { name: 'Copy curl' })).toBeVisible();
  await axe();

  await trace.again.getByRole('link', { name: 'Run again in the console' }).click();
  const box = new Console(page);
  await expect(page.locator('#tool-title')).toHaveText(/orders_update/);
  expect(new URL(page.url()).search).toBe('?tool=orders_update');
  await expect(box.field('order_id')).toHaveValue(order);
  await box.showAs('JSON');
  await expect(box.json).toHaveValue(/"dry_run": true/);
  await expect(box.json).not.toHaveValue(/hidden/);
});

test('a call is compared with the one before, and with what they were asked for', async ({ page, app, workspace, axe }) => {
  const shop = await openShop(app, workspace.name);
  const [order = '', other = ''] = shop.orders;
  await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: other });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: '999999999' });
  const traces = new Traces(page);
  const trace = new Trace(page);
  const both = new Comparison(page);
  await traces.open('tool:orders_get', 3);
  await traces.rows.nth(1).getByRole('link', { name: 'orders_get', exact: true }).click();
  await trace.compare.getByRole('link', { name: 'Compare with the one before' }).click();
  await expect(new Shell(page).heading).toHaveText('Two calls compared');
  await expect(both.detail('Order')).toContainText(order);
  await expect(both.detail('Order')).toContainText(other);
  await expect(both.detail('Order')).toContainText('differs');
  await expect(both.detail('Outcome')).not.toContainText('differs');
  await expect(both.kinds).toContainText('The whole call');
  await expect(both.requests.locator('tbody tr').first()).toContainText('200');
  await expect(both.carried.getByRole('table')).toHaveCount(0);
  await axe();
  await both.carried.getByRole('link', { name: 'Compare what they were asked for' }).click();
  const values = both.carried.getByRole('table', { name: 'Values that differ' });
  await expect(values.locator('tbody tr')).toHaveCount(1);
  await expect(values).toContainText('order_id');
  await expect(both.carried).toContainText('more value is the same in both.');
  await axe();
  // Taken over from the server as it is drawn in the browser.
  await page.reload();
  await expect(values.locator('tbody tr')).toHaveCount(1);
  const address = page.url();
  // That it was read is recorded for each call, each time.
  await traces.open('tool:trace_payload', 4);

  // By a link, from the page that is open already.
  await traces.open('tool:orders_get', 3);
  await traces.rows.nth(0).getByRole('link', { name: 'orders_get', exact: true }).click();
  await expect(trace.compare).toBeVisible();
  const failed = page.url();
  await page.goto(address);
  await page.getByLabel('Another call’s link or id').fill(failed);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(both.detail('Outcome')).toContainText('not found');
  await expect(both.detail('Outcome')).toContainText('differs');
  await both.details.getByRole('link', { name: 'orders_get' }).nth(1).click();
  await expect(page).toHaveURL(failed);
  await page.goBack();
  await expect(new Shell(page).heading).toHaveText('Two calls compared');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test('both calls stand above each other', async ({ page, app, workspace, axe }) => {
    const shop = await openShop(app, workspace.name);
    for (const order_id of shop.orders.slice(0, 2)) await shop.write('orders_get', { store_identifier: SHOP, order_id });
    const traces = new Traces(page);
    await traces.open('tool:orders_get', 2);
    await traces.rows.nth(0).getByRole('link', { name: 'orders_get', exact: true }).click();
    await new Trace(page).compare.getByRole('link', { name: 'Compare with the one before' }).click();
    const both = new Comparison(page);
    const cells = both.detail('Order').getByRole('cell');
    const [first, second] = [await cells.nth(0).boundingBox(), await cells.nth(1).boundingBox()];
    expect(second?.y).toBeGreaterThan(first?.y ?? 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await axe();
  });
});

test.describe('what cannot be compared', () => {
  test.use({ expectedProblems: [/status of (400|403|404|422)/] });

  test('is one call twice, one that is gone, and for a viewer what calls carried', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    for (const order_id of shop.orders.slice(0, 2)) await shop.write('orders_get', { store_identifier: SHOP, order_id });
    const viewer = addPerson(app, workspace.name, 'Bob', 'viewer');
    const traces = new Traces(page);
    await traces.open('tool:orders_get', 2);
    const hrefs = traces.rows.getByRole('link', { name: 'orders_get', exact: true });
    const [a, b] = [0, 1].map(async (at) => (await hrefs.nth(at).getAttribute('href'))?.split('/').pop() ?? '');
    const [left, right] = [await a, await b];
    await page.goto(`/traces/compare?a=${left}&b=${left}`);
    await expect(page.locator('main')).toContainText('This is the same call twice.');
    const gone = await page.goto(`/traces/compare?a=${left}&b=${'0'.repeat(25)}1`);
    expect(gone?.status()).toBe(404);
    const odd = await page.goto(`/traces/compare?a=${left}&b=${encodeURIComponent('no such thing')}`);
    expect(odd?.status()).toBe(404);

    await new Shell(page).signOut();
    await page.goto('/login?next=/traces');
    await new Login(page).signInAs(viewer, PASSWORD);
    await expect(page).toHaveURL('/traces');
    const seen = await page.goto(`/traces/compare?a=${left}&b=${right}`);
    expect(seen?.status()).toBe(200);
    await expect(new Comparison(page).carried.getByRole('link')).toHaveCount(0);
    const refused = await page.goto(`/traces/compare?a=${left}&b=${right}&carried=1`);
    expect(refused?.status()).toBe(403);
  });
});
