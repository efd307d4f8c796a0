import { expect, test } from '../workspace';
import { SANDBOX, Stores } from '../pages/stores';
import { Shell } from '../pages/shell';

test('a new workspace is led through its first steps', async ({ page, app, workspace }) => {
  await page.goto('/');
  const steps = page.getByRole('region', { name: 'First steps' });
  await expect(steps.getByRole('listitem')).toHaveCount(3);
  await steps.getByRole('link', { name: 'Add store' }).click();
  await expect(new Shell(page).heading).toHaveText('Add a store');
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
  app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read']);
  await page.goto('/');
  await expect(steps.getByText(', done')).toHaveCount(2);
  await expect(steps.locator('[aria-current=step]')).toContainText('Make the first call');
});

test('the figures are those of the calls that were made', async ({ page, app, workspace }) => {
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
  const key = app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read']);
  const call = async (name: string, args: object) => {
    const response = await page.request.post('/mcp', {
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-06-18',
      },
      data: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    });
    expect(response.status()).toBe(200);
  };
  const figure = (label: string) => page.locator('.stat').filter({ has: page.getByText(label, { exact: true }) }).locator('.stat-value');
  // Calls are written in batches; the page is loaded anew until they are there.
  const callsAre = (number: number) =>
    expect(async () => {
      await page.goto('/');
      expect(Number(await figure('Calls').textContent())).toBe(number);
    }).toPass();
  // The test of the credentials, the registration and the store's page, which has to be there before we leave it.
  await expect(page.getByRole('heading', { name: 'Folders' })).toBeVisible();
  await callsAre(3);
  await call('orders_list', { store_identifier: 'Main shop', limit: 1 });
  await call('orders_get', { store_identifier: 'Main shop', order_id: '999999999' });
  await callsAre(5);
  await expect(page.getByRole('region', { name: 'Latest errors' })).toContainText('orders_get');
  await expect(page.getByRole('img', { name: /calls in the last 24 hours, 1 failed/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'First steps' })).toHaveCount(0);
});

test('the figures refresh by themselves and leave the focus alone', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await page.clock.install();
  await page.goto('/');
  const main = new Shell(page);
  await main.nav.getByRole('link', { name: 'Stores' }).or(page.getByRole('button', { name: 'Open navigation' })).first().focus();
  const refreshed = page.waitForResponse('**/api/dashboard');
  await page.clock.runFor(15_000);
  expect((await refreshed).status()).toBe(200);
  await expect(main.heading).not.toBeFocused();
});
