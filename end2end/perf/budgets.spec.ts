// The limits of budgets.json, measured in the browser.
import { expect, test } from '../fixtures';
import { budgets, firstLoadBytes, lighthouseScores } from '../measure';

const PAGES = [
  { name: 'login', path: '/login', isPublic: true },
  { name: 'dashboard', path: '/' },
  { name: 'stores', path: '/stores' },
];

for (const { name, path, isPublic } of PAGES) {
  test(`Lighthouse on desktop: ${name}`, async ({ app, session }) => {
    test.setTimeout(180_000);
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
