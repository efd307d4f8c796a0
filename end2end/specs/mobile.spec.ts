import { expect, test } from '../workspace';
import { Keys } from '../pages/keys';
import { SANDBOX, Stores } from '../pages/stores';
import { Shell } from '../pages/shell';
import { openShop, proposeCity, SHOP, writeCity } from '../shop';

test.use({ viewport: { width: 360, height: 740 } });

test('no page scrolls sideways at 360 px, nor at 320 px with large text', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  const name = 'A store with quite a long name and OneVeryLongWordThatCannotBeBrokenAnywhere';
  await new Stores(page).add({ ...SANDBOX, name });
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
  const store = new URL(page.url()).pathname;
  for (const width of [360, 320]) {
    await page.setViewportSize({ width, height: 740 });
    for (const path of ['/', '/stores', '/stores/new', store, '/connect?client=claude-desktop', '/login', '/join', '/people', '/settings']) {
      await page.goto(path);
      if (width === 320) await page.evaluate(() => (document.documentElement.style.fontSize = '125%'));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

test('no page of changes and keys scrolls sideways', async ({ page, app, workspace }) => {
  test.setTimeout(120_000);
  const shop = await openShop(app, workspace.name);
  const [first = '', second = '', third = ''] = shop.orders;
  const long = 'OneVeryLongWordThatCannotBeBrokenAnywhereInTheWholeOfThisLine'.repeat(3);
  const done = await writeCity(shop, first, 'Reno');
  const waiting = await proposeCity(shop, second, long, `Why not ${long}`);
  const deletion = await shop.write('orders_delete', { store_identifier: SHOP, order_id: third });
  await new Keys(page).open('Writer');
  const key = new URL(page.url()).pathname;
  await page.goto('/');
  await expect(page.getByRole('link', { name: /Approvals 2/ })).toBeVisible();
  await new Shell(page).stopWrites(long);
  for (const width of [360, 320]) {
    await page.setViewportSize({ width, height: 740 });
    const changes = [done, waiting, deletion.change_id, `${done}?undo`].map((id) => `/changes/${id}`);
    for (const path of ['/changes', ...changes, '/approvals', '/keys', '/keys/new', `${key}/made`, key, '/console', '/console?tool=orders_list', '/console?tool=orders_add_items']) {
      await page.goto(path);
      if (width === 320) await page.evaluate(() => (document.documentElement.style.fontSize = '125%'));
      for (const summary of await page.locator('main summary').all()) await summary.click();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

test('the drawer opens, closes with Escape and after a navigation', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await page.goto('/');
  const shell = new Shell(page);
  await expect(shell.nav).toBeHidden();
  await shell.openNav();
  await expect(shell.nav).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(shell.nav).toBeHidden();
  await shell.goTo('Stores');
  await expect(shell.heading).toHaveText('Stores');
  await expect(shell.nav).toBeHidden();
});

test('targets are large enough for a finger', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await page.goto('/stores/new');
  for (const button of await page.getByRole('button').all()) {
    const box = await button.boundingBox();
    if (box) expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(24);
  }
});

test.describe('a phone that runs no scripts', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('opens the navigation, and stops writes', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const shell = new Shell(page);
    await page.goto('/stores');
    await shell.stopWrites('Night');
    await expect(shell.notices).toHaveText('All writes are stopped.');
    await expect(shell.stopped).toBeVisible();
    await shell.goTo('Keys');
    await expect(shell.heading).toHaveText('Keys');
  });
});
