// What the server sent and what the page's own code made of it must be the same; the guard fails any page that
// logs a hydration error.
import { expect, test } from '../workspace';
import { openDashboardWithCalls } from '../calls';
import { SANDBOX, Stores } from '../pages/stores';

test('the text of every page is the same before and after hydration', async ({ page, workspace, context }) => {
  expect(workspace.name).not.toBe('');
  // An empty page has no policy against parsing markup.
  const blank = await context.newPage();
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
  const store = new URL(page.url()).pathname;
  // So that it has all its parts.
  await openDashboardWithCalls(page);
  for (const path of ['/', '/stores', '/stores/new', store, '/connect', '/connect?client=cursor', '/login']) {
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
});

test('every page is complete in its first HTML', async ({ request, workspace, page }) => {
  expect(workspace.name).not.toBe('');
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const path of ['/', '/stores', '/stores/new', '/connect']) {
    const html = await (await request.get(path, { headers: { accept: 'text/html', cookie: cookies } })).text();
    expect(html, path).toContain('<h1');
    expect(html, path).not.toContain('class="skeleton"');
    expect(html, `${path} has no inline style`).not.toMatch(/\sstyle="/);
  }
});
