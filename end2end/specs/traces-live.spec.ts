// A list of calls that is kept up to date: it follows, holds still while somebody looks, counts what is new, and pauses.
import { newCalls } from '../many';
import { Traces } from '../pages/traces';
import { openShop } from '../shop';
import type { Page } from '../fixtures';
import { expect, test } from '../workspace';

const ASKS = '**/api/newer_traces*';
/** Longer than it takes the list to ask and to show what is new. */
const A_WHILE = 4_500;

test.beforeEach(async ({ app, workspace }) => {
  await openShop(app, workspace.name);
});

/** Counts what the page asks for by itself from now on. */
function counted(page: Page): () => number {
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/newer_traces')) asked += 1;
  });
  return () => asked;
}

test('new calls appear by themselves, but not under the pointer @desktop', async ({ page, app, workspace, axe }) => {
  const traces = new Traces(page);
  await traces.openLive('1', 1, 'tool:orders_list');
  const before = await traces.rows.count();
  newCalls(app, workspace.name, 3);
  await expect(traces.rows).toHaveCount(before + 3);
  await expect(traces.waiting).toHaveCount(0);

  await traces.rows.nth(1).hover();
  const first = await traces.idOf(0);
  newCalls(app, workspace.name, 5);
  await expect(traces.waiting).toHaveText('5 new calls');
  expect(await traces.idOf(0)).toBe(first);
  await expect(page.getByRole('status').filter({ hasText: '5 new calls' })).toHaveCount(1);
  await axe();
  newCalls(app, workspace.name, 250);
  await expect(traces.waiting).toHaveText('200+ new calls');
  expect(await traces.idOf(0)).toBe(first);
  await traces.waiting.click();
  await expect(traces.rows).toHaveCount(40);
  expect(await traces.idOf(0)).not.toBe(first);
  await expect(traces.waiting).toHaveCount(0);
  await expect(traces.pause).toBeFocused();

  // Whoever lets go has the newest again.
  await traces.rows.nth(1).hover();
  const second = await traces.idOf(0);
  newCalls(app, workspace.name, 1);
  await expect(traces.waiting).toHaveText('1 new call');
  await traces.letGo();
  await expect(traces.waiting).toHaveCount(0);
  expect(await traces.idOf(0)).not.toBe(second);
});

test('further down nothing moves, and the button leads back to the top', async ({ page, app, workspace, axe }) => {
  const traces = new Traces(page);
  newCalls(app, workspace.name, 50);
  await traces.openLive('1', 40);
  const row = traces.rows.nth(20);
  await row.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const place = await row.boundingBox();
  const id = await traces.idOf(20);
  newCalls(app, workspace.name, 7);
  await expect(traces.waiting).toHaveText('7 new calls');
  await expect(traces.waiting).toBeInViewport();
  expect(await traces.idOf(20)).toBe(id);
  expect(await row.boundingBox()).toEqual(place);
  // Not of the rows, of which some are half below the bar.
  await axe('.live-bar');
  await traces.waiting.click();
  await expect(traces.rows.first()).toBeInViewport();
  expect(await traces.idOf(7)).not.toBe(await traces.idOf(0));
  await expect(traces.rows).toHaveCount(40);
});

test('paused is in the address, outlasts a reload, and counts', async ({ page, app, workspace, axe }) => {
  const traces = new Traces(page);
  await traces.openLive('1', 1, 'tool:orders_list');
  await traces.pause.click();
  await expect(page).toHaveURL(/live=paused$/);
  await traces.letGo();
  const before = await traces.rows.count();
  newCalls(app, workspace.name, 2);
  await expect(traces.waiting).toHaveText('2 new calls');
  await expect(traces.rows).toHaveCount(before);
  await axe();
  await page.reload();
  await expect(traces.goOn).toBeVisible();
  await expect(traces.rows).toHaveCount(before + 2);
  newCalls(app, workspace.name, 1);
  await expect(traces.waiting).toHaveText('1 new call');
  await traces.letGo();
  await page.keyboard.press('n');
  await expect(traces.rows).toHaveCount(before + 3);
  await expect(page).toHaveURL(/live=paused$/);
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/live=1$/);
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page).toHaveURL('/people');
});

test('links of the page keep the list as it is kept up to date', async ({ page }) => {
  const traces = new Traces(page);
  await traces.openLive('paused', 1, 'door:mcp');
  await traces.view('Errors').click();
  await expect(page).toHaveURL('/traces?q=status%3Aerror&live=paused');
  await page.goto('/traces?q=order:1&live=1');
  await page.getByRole('link', { name: 'Show all calls' }).click();
  await expect(page).toHaveURL('/traces?live=1');
  await expect(traces.pause).toBeVisible();
  // However a view's query is written, it is that view.
  await page.goto(`/traces?q=${encodeURIComponent('  status:"error" ')}`);
  await expect(traces.view('Errors')).toHaveAttribute('aria-current', 'true');
});

test.describe('beside the list', () => {
  test.use({ viewport: { width: 1440, height: 900 } });

  test('while a call is looked at nothing moves @desktop', async ({ page, app, workspace }) => {
    const traces = new Traces(page);
    await traces.openLive('1', 1, 'tool:orders_list');
    await traces.rows.first().getByRole('link', { name: 'Look at orders_list beside the list' }).click();
    await expect(traces.panel).toContainText('What happened');
    await expect(page).toHaveURL(/&live=1$/);
    await traces.letGo();
    const first = await traces.idOf(0);
    newCalls(app, workspace.name, 4);
    await expect(traces.waiting).toHaveText('4 new calls');
    expect(await traces.idOf(0)).toBe(first);
    await traces.panel.getByRole('link', { name: 'Close' }).click();
    await expect(traces.panel).toHaveCount(0);
    await traces.letGo();
    await expect(traces.waiting).toHaveCount(0);
    expect(await traces.idOf(4)).toBe(first);
  });
});

test('the page does not grow @desktop', async ({ page, app, workspace }) => {
  const traces = new Traces(page);
  newCalls(app, workspace.name, 50);
  await traces.openLive('1', 40);
  const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
  const before = await elements();
  for (let round = 0; round < 4; round += 1) {
    const first = await traces.idOf(0);
    newCalls(app, workspace.name, 100);
    await expect.poll(() => traces.idOf(0)).not.toBe(first);
  }
  await expect(traces.rows).toHaveCount(40);
  expect(await elements()).toBeLessThanOrEqual(before + 20);
});

test('a slow answer is waited for before the next question @desktop', async ({ page, app, workspace }) => {
  const traces = new Traces(page);
  let [pending, most, all] = [0, 0, 0];
  await page.route(ASKS, async (route) => {
    all += 1;
    most = Math.max(most, (pending += 1));
    await new Promise((done) => setTimeout(done, 3_000));
    pending -= 1;
    await route.continue();
  });
  await traces.openLive('1', 1, 'tool:orders_list');
  const before = await traces.rows.count();
  newCalls(app, workspace.name, 2);
  await expect(traces.rows).toHaveCount(before + 2, { timeout: 15_000 });
  await page.waitForTimeout(A_WHILE);
  expect(most).toBe(1);
  expect(all).toBeGreaterThan(1);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test.describe('a server that fails', () => {
  test.use({ expectedProblems: [/status of 503|Failed to load resource/] });

  test('is told of, asked less often, and taken up again @desktop', async ({ page, app, workspace }) => {
    const traces = new Traces(page);
    await traces.openLive('1', 1, 'tool:orders_list');
    let asked = 0;
    await page.route(ASKS, async (route) => {
      asked += 1;
      const body = JSON.stringify({ code: 'unavailable', message: 'The database cannot be asked.' });
      await route.fulfill({ status: 503, contentType: 'application/json', body });
    });
    const before = await traces.rows.count();
    await expect(page.getByText('What stands below is not updated at the moment.')).toBeVisible();
    newCalls(app, workspace.name, 1);
    await page.waitForTimeout(A_WHILE);
    expect(asked).toBeLessThanOrEqual(3);
    await expect(traces.rows).toHaveCount(before);
    await page.unroute(ASKS);
    await expect(traces.rows).toHaveCount(before + 1, { timeout: 20_000 });
    await expect(page.getByText('What stands below is not updated at the moment.')).toHaveCount(0);
  });
});

test('a tab that nobody sees asks for nothing @desktop', async ({ page, app, workspace }) => {
  const traces = new Traces(page);
  await traces.openLive('1', 1, 'tool:orders_list');
  const see = (state: string) => page.evaluate((state) => Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state }), state);
  await see('hidden');
  await page.waitForTimeout(1_500);
  const asked = counted(page);
  const before = await traces.rows.count();
  newCalls(app, workspace.name, 1);
  await page.waitForTimeout(A_WHILE);
  expect(asked()).toBe(0);
  await see('visible');
  await expect(traces.rows).toHaveCount(before + 1);
});

test('two tabs do not disturb each other @desktop', async ({ page, app, context, workspace }) => {
  const traces = new Traces(page);
  await traces.openLive('1', 1, 'tool:orders_list');
  const before = await traces.rows.count();
  const other = new Traces(await context.newPage());
  await other.page.goto('/traces?q=tool%3Aorders_list&live=paused');
  await expect(other.rows).toHaveCount(before);
  newCalls(app, workspace.name, 2);
  await expect(other.waiting).toHaveText('2 new calls');
  await page.bringToFront();
  await expect(traces.rows).toHaveCount(before + 2);
  await expect(other.rows).toHaveCount(before);
  await expect(page).toHaveURL(/live=1$/);
});

test('no state of the list scrolls sideways at 360 px', async ({ page, app, workspace }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const traces = new Traces(page);
  await traces.openLive('paused', 1);
  newCalls(app, workspace.name, 250);
  await expect(traces.waiting).toHaveText('200+ new calls');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});
