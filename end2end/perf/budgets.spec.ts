// The limits of budgets.json, measured in the browser.
import { TENANT } from '../app';
import { assistant, openDashboardWithCalls } from '../calls';
import { expect, test } from '../fixtures';
import { budgets } from '../budgets';
import { firstLoadBytes, lighthouseScores } from '../measure';

const PAGES = [
  { name: 'login', path: '/login', isPublic: true },
  { name: 'dashboard', path: '/' },
  { name: 'stores', path: '/stores' },
];

// The pages as they are in use: a store, and calls that went well and failed.
test.beforeAll(async ({ app }) => {
  app.command(['store', 'add', '--tenant', TENANT, '--store-id', 'sandbox', '--name', 'Sandbox'], 'sandbox');
  const call = assistant(app, TENANT);
  for (let page = 1; page <= 12; page += 1) await call('orders_list', { store_identifier: 'Sandbox', limit: page });
  await call('orders_get', { store_identifier: 'Sandbox', order_id: '999999999' });
});

for (const { name, path, isPublic } of PAGES) {
  test(`Lighthouse on desktop: ${name}`, async ({ app, session, page }) => {
    test.setTimeout(180_000);
    if (!isPublic) {
      await page.context().addCookies(session.cookies);
      await openDashboardWithCalls(page);
    }
    const cookies = isPublic ? [] : session.cookies;
    const scores = await lighthouseScores(app.url + path, cookies);
    console.log(name, scores);
    for (const [category, least] of Object.entries(budgets['lighthouse desktop'])) {
      expect.soft(scores[category], `${category} of ${name}`).toBeGreaterThanOrEqual(least);
    }
  });
}

test('the first load of the dashboard stays within its bytes', async ({ app, browser, session }) => {
  const bytes = await firstLoadBytes(browser, `${app.url}/`, session);
  console.log('first load', bytes);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(budgets.bytes['first load']);
});
