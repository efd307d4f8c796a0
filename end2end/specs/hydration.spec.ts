// What the server sent and what the page's own code made of it must be the same; the guard fails any page that
// logs a hydration error.
import { expect, test } from '../workspace';
import { callWith, openDashboardWithCalls } from '../calls';
import type { Page } from '../fixtures';
import { Shell } from '../pages/shell';
import { SANDBOX, Stores } from '../pages/stores';
import { Traces } from '../pages/traces';
import { openShop, proposeCity, SHOP, writeCity } from '../shop';

test('the text of every page is the same before and after hydration', async ({ page, app, workspace, context }) => {
  await callWith(app, workspace.masterKey, 'stores_list', {});
  // An empty page has no policy against parsing markup.
  const blank = await context.newPage();
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
  const store = new URL(page.url()).pathname;
  // So that it has all its parts.
  await openDashboardWithCalls(page);
  for (const path of ['/', '/stores', '/stores/new', store, '/keys/new', '/console', '/console?tool=orders_list', '/console?tool=orders_delete', '/connect', '/connect?client=cursor', '/login', '/join', '/people', '/settings', '/traces?q=until:1m', '/traces?q=nonsense']) {
    await isTheSame(page, blank, path);
  }
});

/** Opens a page and compares what the server sent with what stands there afterwards. */
async function isTheSame(page: Page, blank: Page, path: string): Promise<void> {
  const raw = (await (await page.goto(path))?.text()) ?? '';
  const sent = await blank.evaluate((html) => {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    return parsed.querySelector('main')?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
  }, raw);
  const shown = await page.evaluate(
    () => document.querySelector('main')?.textContent?.replace(/\s+/g, ' ').trim() ?? '',
  );
  expect(sent, path).not.toBe('');
  expect(shown, path).toBe(sent);
}

test('the pages of changes and keys are the same before and after hydration', async ({ page, app, workspace, context }) => {
  const blank = await context.newPage();
  const shop = await openShop(app, workspace.name);
  const [first = '', second = '', third = ''] = shop.orders;
  const done = await writeCity(shop, first, 'Reno');
  const waiting = await proposeCity(shop, second, 'Elko');
  const deletion = await shop.write('orders_delete', { store_identifier: SHOP, order_id: third });
  const [key = ''] = (await page.request.get('/keys', { headers: { accept: 'text/html' } }).then((answer) => answer.text())).match(/\/keys\/[0-9a-z]{26}/) ?? [];
  await page.goto('/approvals');
  await page.getByRole('button', { name: 'Stop all writes' }).last().click();
  await expect(new Shell(page).stopped).toBeVisible();
  const paths = ['/changes', '/changes?state=waiting', `/changes/${done}`, `/changes/${done}?undo`, `/changes/${waiting}`];
  for (const path of [...paths, `/changes/${deletion.change_id}`, '/approvals', '/keys', key, `${key}/made`, `/connect?key=${key.split('/').at(-1)}`, '/']) {
    await isTheSame(page, blank, path);
  }
});

test('the pages of recorded calls are the same before and after hydration', async ({ page, app, workspace, context }) => {
  const blank = await context.newPage();
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  await writeCity(shop, order, 'Reno');
  const traces = new Traces(page);
  // Of calls that nothing is added to: looking is recorded of nobody but the assistants.
  await traces.open('door:mcp tool:orders_update', 1);
  const one = (await traces.rows.locator('.trace-tool').first().getAttribute('href')) ?? '';
  const id = one.split('/').at(-1);
  const list = '/traces?q=door:mcp%20until:2999-01-01';
  for (const path of [list, `${list}&peek=${id}`, `${list}&live=1`, `/traces?q=store:Nowhere`, one, `${one}?from=1`, `/traces?before=${'0'.repeat(26)}`]) {
    await isTheSame(page, blank, path);
  }
});

test('every page is complete in its first HTML', async ({ request, workspace, page }) => {
  expect(workspace.name).not.toBe('');
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const path of ['/', '/stores', '/stores/new', '/changes', '/approvals', '/keys', '/keys/new', '/console', '/console?tool=orders_update', '/connect', '/people', '/settings']) {
    const html = await (await request.get(path, { headers: { accept: 'text/html', cookie: cookies } })).text();
    expect(html, path).toContain('<h1');
    expect(html, path).not.toContain('class="skeleton"');
    expect(html, `${path} has no inline style`).not.toMatch(/\sstyle="/);
  }
});
