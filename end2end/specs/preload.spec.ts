// What a page's own part is made of is named in the page's head: found only by the program, it would come one way later. What is
// named and not taken, because it is asked for in another way, the browser tells in its console, which stays clean.
import { expect, test } from '../workspace';

const PAGES = ['/', '/stores', '/stores/new', '/changes', '/traces', '/approvals', '/keys', '/keys/new', '/console', '/connect', '/people', '/settings', '/join'];

test('@desktop the head names all that a page fetches to take over', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  for (const path of PAGES) {
    const html = (await (await page.goto(path))?.text()) ?? '';
    const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
    const parts = fetched.filter((path) => path.endsWith('.wasm') && !path.endsWith('/app.wasm'));
    const links = [...html.matchAll(/<link [^>]*>/g)].map(([link]) => link).filter((link) => link.includes('rel="preload"'));
    expect(parts.length, `${path} has a part of its own`).toBeGreaterThan(0);
    for (const part of parts) expect(links.join(), path).toContain(`href="${part}"`);
  }
});
