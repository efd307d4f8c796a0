import { expect, test } from '../workspace';
import { assistant, callWith, openDashboardWithCalls } from '../calls';
import { Dashboard } from '../pages/dashboard';
import { Keys } from '../pages/keys';
import { SANDBOX, Stores } from '../pages/stores';
import { Shell } from '../pages/shell';
import { Traces } from '../pages/traces';
import { openShop, proposeCity, writeCity } from '../shop';

test('a new workspace is led through its first steps', async ({ page, app, workspace }) => {
  await page.goto('/');
  const { steps } = new Dashboard(page);
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
  const dashboard = new Dashboard(page);
  // Calls are written in batches; the page is loaded anew until they are there.
  const callsAre = (number: number) =>
    expect(async () => {
      await page.goto('/');
      expect(Number(await dashboard.figure('Calls').textContent())).toBe(number);
    }).toPass();
  // The sign-in, the test of the credentials, the registration and the store's page are no calls of tools.
  await call('orders_list', { store_identifier: 'Main shop', limit: 1 });
  await call('orders_get', { store_identifier: 'Main shop', order_id: '999999999' });
  await callsAre(2);
  await expect(page.getByRole('region', { name: 'Latest errors' })).toContainText('orders_get');
  await expect(page.getByRole('img', { name: /calls in the last 24 hours, 1 failed/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'First steps' })).toHaveCount(0);
  // Each has its shape over the hours, and leads to the calls that it counts.
  await expect(page.locator('.stat svg.trend')).toHaveCount(3);
  await dashboard.figure('Errors').getByRole('link').click();
  const traces = new Traces(page);
  await expect(traces.query).toHaveValue(/^status:error /);
  await expect(traces.rows).toHaveCount(1);
  await page.goBack();
  await page.getByRole('region', { name: 'Latest errors' }).getByRole('link', { name: 'orders_get' }).click();
  await expect(new Shell(page).heading).toContainText('orders_get');
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

  test('leaves the figures and says so until the next one', async ({ page, app, workspace }) => {
    await callWith(app, workspace.masterKey, 'stores_list', {});
    await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
    await openDashboardWithCalls(page);
    await page.clock.install();
    await page.goto('/');
    const answer = { code: 'unavailable', message: 'The database does not answer.' };
    // Every one until it is over: a new workspace looks for its first steps in between.
    await page.route('**/api/dashboard', (route) => route.fulfill({ status: 503, json: answer }));
    const notice = page.getByText('What stands below is not updated at the moment.');
    await expect(async () => {
      await page.clock.runFor(15_000);
      await expect(notice).toContainText(answer.message, { timeout: 1_000 });
    }).toPass();
    await expect(page.getByRole('heading', { name: 'Calls per hour' })).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
    await page.unroute('**/api/dashboard');
    await expect(async () => {
      await page.clock.runFor(15_000);
      await expect(notice).toHaveCount(0, { timeout: 1_000 });
    }).toPass();
  });
});

test('the first steps turn green by themselves, up to the first call', async ({ page, app, context, workspace }) => {
  expect(workspace.name).not.toBe('');
  const dashboard = new Dashboard(page);
  await page.goto('/');
  await expect(dashboard.steps.getByRole('listitem')).toHaveCount(3);
  const other = await context.newPage();
  await new Stores(other).add({ ...SANDBOX, name: 'Main shop' });
  await expect(dashboard.steps.getByText(', done')).toHaveCount(1);
  const keys = new Keys(other);
  await keys.fill('First', 'Look');
  await keys.make.click();
  await expect(keys.gate).toBeVisible();
  const key = await keys.saved();
  await expect(dashboard.steps.getByText(', done')).toHaveCount(2);
  expect((await callWith(app, key, 'stores_list', {})).status).toBe(200);
  await expect(dashboard.steps).toHaveCount(0);
  await expect(dashboard.needs).toContainText('Nothing needs you.');
});

test('what needs somebody comes first, and what was done after it', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [first = '', second = ''] = shop.orders;
  await proposeCity(shop, first, 'Reno');
  await writeCity(shop, second, 'Elko');
  app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read', '--name', 'Old one', '--expires-days', '3']);
  const dashboard = new Dashboard(page);
  await openDashboardWithCalls(page);
  // At night a write is a reason for an alert.
  await expect(dashboard.needs.getByRole('listitem').filter({ hasNotText: 'alert fires' })).toHaveText([/1 change waits for a decision/, /The key Old one.*It ends in/]);
  await expect(dashboard.figure('Orders touched')).toHaveText('1');
  await expect(dashboard.impact).toContainText('1 change took effect');
  await dashboard.needs.getByRole('link', { name: '1 change waits for a decision' }).click();
  await expect(page).toHaveURL('/approvals');
});

test('the range lives in the address', async ({ page, app, workspace }) => {
  await callWith(app, workspace.masterKey, 'stores_list', {});
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
  await openDashboardWithCalls(page);
  const dashboard = new Dashboard(page);
  await dashboard.ranges.getByRole('link', { name: '7 days' }).click();
  await expect(page).toHaveURL('/?range=7d');
  await expect(page.getByRole('img', { name: /in the last 7 days/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Calls per 6 hours' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Calls per hour' })).toBeVisible();
  await page.goto('/?range=30d');
  await page.getByText('Show as table').click();
  // The day that is now, the 29 before it, and what the range has of the one before those.
  await expect(page.getByRole('table').getByRole('row')).toHaveCount(32);
});

test.describe('a reader in New York', () => {
  test.use({ timezoneId: 'America/New_York' });

  const now = () => new Date().toLocaleString('sv-SE', { timeZone: 'America/New_York' }).slice(0, 16);

  test('sees times by their own clock, from the first page on', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const note = page.getByText('as of');
    for (const zone of [undefined, 'Asia/Tokyo']) {
      if (zone) await page.context().addCookies([{ name: 'zone', value: zone, url: page.url() }]);
      const before = now();
      await page.goto('/');
      // Whoever has travelled gets the page once more.
      await expect(async () => {
        const shown = (await note.textContent())?.slice(-16) ?? '';
        expect(shown >= before && shown <= now(), `${before} ${shown}`).toBe(true);
      }).toPass();
    }
  });
});
