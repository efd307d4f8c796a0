// What a person sees when something cannot be had.
import { hydrated } from '../fixtures';
import { Shell } from '../pages/shell';
import { expect, test } from '../workspace';

/** All WASM but the part that every page needs. */
const PAGE_PARTS = /\/pkg\/.*(?<!\/app)\.wasm$/;

test.describe('data that cannot be had', () => {
  test.use({ expectedProblems: [/status of 500/] });

  test('keeps the page\'s heading and title, and names the request', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    await page.goto('/');
    await page.route('**/api/list_stores', (route) =>
      route.fulfill({
        status: 500,
        headers: { 'x-request-id': 'id-of-this-request' },
        json: { code: 'internal', message: 'Something went wrong on our side.' },
      }),
    );
    await new Shell(page).goTo('Stores');
    await expect(page.getByRole('heading', { name: 'Something went wrong' })).toBeVisible();
    await expect(page.getByText('id-of-this-request')).toBeVisible();
    await expect(new Shell(page).heading).toHaveText('Stores');
    await expect(page).toHaveTitle('Stores · Order Desk MCP');
  });
});

test.describe('a part of the app that does not load', () => {
  // The panic, the failed request, and what the browser says of both.
  test.use({ expectedProblems: [/./] });

  test('is mended by loading the page once more', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const shell = new Shell(page);
    await page.goto('/connect');
    let loads = 0;
    page.on('request', (request) => (loads += Number(request.isNavigationRequest())));
    await page.route(PAGE_PARTS, (route) => (loads === 0 ? route.abort() : route.continue()));
    await shell.goTo('Stores');
    await expect.poll(() => loads).toBe(1);
    await hydrated(page);
    await shell.goTo('Stores');
    await expect(shell.heading).toHaveText('Stores');
  });

  test('is told when loading once more does not help', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    await page.goto('/connect');
    let loads = 0;
    page.on('request', (request) => (loads += Number(request.isNavigationRequest())));
    await page.route(PAGE_PARTS, (route) => route.abort());
    await new Shell(page).goTo('Stores');
    await expect(page.getByRole('alert')).toContainText('This page stopped working.');
    expect(loads).toBe(1);
  });
});
