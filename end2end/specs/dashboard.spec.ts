import { expect, test } from '../workspace';
import { assistant, openDashboardWithCalls } from '../calls';
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
  const call = assistant(app, workspace.name);
  const figure = (label: string) => page.locator('.stat').filter({ has: page.getByText(label, { exact: true }) }).locator('.stat-value');
  // Calls are written in batches; the page is loaded anew until they are there.
  const callsAre = (number: number) =>
    expect(async () => {
      await page.goto('/');
      expect(Number(await figure('Calls').textContent())).toBe(number);
    }).toPass();
  // The test of the credentials, the registration and the store's page.
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
  const link = page.getByRole('link', { name: 'Add store' });
  await link.focus();
  const refreshed = page.waitForResponse('**/api/dashboard');
  await page.clock.runFor(15_000);
  const response = await refreshed;
  expect(response.status()).toBe(200);
  // A tab left open must not keep its session alive.
  expect(await response.request().headerValue('x-odm-poll')).toBe('1');
  await expect(link).toBeFocused();
});

test.describe('a refresh that fails', () => {
  test.use({ expectedProblems: [/status of 503/] });

  test('leaves the figures and says so until the next one', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
    await openDashboardWithCalls(page);
    await page.clock.install();
    await page.goto('/');
    const answer = { code: 'unavailable', message: 'The database does not answer.' };
    await page.route('**/api/dashboard', (route) => route.fulfill({ status: 503, json: answer }), { times: 1 });
    await page.clock.runFor(15_000);
    const notice = page.getByText('What stands below is not updated at the moment.');
    await expect(notice).toContainText(answer.message);
    await expect(page.getByRole('heading', { name: 'Calls per hour' })).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
    await page.clock.runFor(15_000);
    await expect(notice).toHaveCount(0);
  });
});
