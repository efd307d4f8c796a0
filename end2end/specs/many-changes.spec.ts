// Ten thousand changes: the list, what narrows it, and the pages that count.
import { isLight } from '../budgets';
import { manyChanges, manyStores } from '../many';
import { Approvals, Changes } from '../pages/changes';
import { Console } from '../pages/console';
import { Keys } from '../pages/keys';
import { Palette } from '../pages/palette';
import { addPerson } from '../people';
import { openShop, proposeCity, SHOP, writeCity, type Shop } from '../shop';
import { expect, test } from '../workspace';

const ALL = 10_000;
const IN_A_PAGE = 50;

test.describe('ten thousand changes', () => {
  let shop: Shop;

  test.beforeEach(async ({ app, workspace }) => {
    shop = await openShop(app, workspace.name);
    const [first = '', second = ''] = shop.orders;
    await writeCity(shop, first, 'Reno');
    await writeCity(shop, second, 'Elko');
    manyChanges(app, workspace.name, ALL);
  });

  test('are listed page by page, newest first, to the very last', async ({ page }) => {
    const changes = new Changes(page);
    const rows = changes.table.locator('tbody').getByRole('row');
    await page.goto('/changes');
    await expect(rows).toHaveCount(IN_A_PAGE);
    await isLight(page, 'the list of changes');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    const newest = await rows.first().getByRole('link').first().getAttribute('href');
    await pages.getByRole('link', { name: 'Older' }).click();
    await expect(page).toHaveURL(/\?before=[0-9a-z]{26}$/);
    await expect(rows.first().getByRole('link').first()).not.toHaveAttribute('href', newest ?? '');
    await expect(rows).toHaveCount(IN_A_PAGE);
    await page.reload();
    await expect(rows).toHaveCount(IN_A_PAGE);
    await pages.getByRole('link', { name: 'Newest' }).click();
    await expect(rows.first().getByRole('link').first()).toHaveAttribute('href', newest ?? '');

    // Without script a person clicks through all of them; here the links are followed as fast as they come.
    const seen = new Set<string>();
    let next: string | undefined = '/changes';
    while (next) {
      const html: string = await (await page.request.get(next, { headers: { accept: 'text/html' } })).text();
      for (const [, id] of html.matchAll(/<th[^>]*><a[^>]*href="\/changes\/([0-9a-z]{26})"/g)) seen.add(id ?? '');
      next = /href="(\/changes\?before=[0-9a-z]{26})"/.exec(html)?.[1];
    }
    expect(seen.size).toBe(ALL);
  });

  test('are narrowed by state, key, store and record, alone and together', async ({ page }) => {
    const changes = new Changes(page);
    const rows = changes.table.locator('tbody').getByRole('row');
    await page.goto('/changes');
    await changes.tabs.getByRole('link', { name: 'Undone' }).click();
    await expect(page).toHaveURL('/changes?state=undone');
    await expect(rows.filter({ hasText: 'Undone' })).toHaveCount(IN_A_PAGE);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Older' }).click();
    await expect(page).toHaveURL(/state=undone&before=/);
    await expect(rows.filter({ hasText: 'Undone' })).toHaveCount(IN_A_PAGE);

    const order = page.getByLabel('Order or product id');
    await order.fill('100007');
    await order.press('Enter');
    // Every four hundredth, and of those none that was undone: it has an odd number.
    await expect(page.getByText('No change matches.')).toBeVisible();
    await changes.tabs.getByRole('link', { name: 'All' }).click();
    await expect(rows).toHaveCount(ALL / 400);
    await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0);
    await page.getByLabel('Key', { exact: true }).selectOption('Proposer');
    await expect(page.getByText('No change matches.')).toBeVisible();
    await page.getByLabel('Key', { exact: true }).selectOption('Writer');
    await expect(rows).toHaveCount(ALL / 400);
    await page.getByLabel('Store', { exact: true }).selectOption({ label: `${SHOP} (sandbox)` });
    await expect(rows).toHaveCount(ALL / 400);
    await page.reload();
    await expect(rows).toHaveCount(ALL / 400);
    await changes.tabs.getByRole('link', { name: 'Waiting' }).click();
    await expect(page.getByText('No change matches.')).toBeVisible();
  });

  test('leave every page light, with a hundred stores and all else that a team has', async ({ page, app, workspace }) => {
    test.setTimeout(120_000);
    manyStores(app, workspace.name, 100);
    for (let number = 1; number <= 20; number += 1) {
      addPerson(app, workspace.name, `Person${number}`, 'operator');
      app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read', '--name', `Key ${number}`]);
    }
    for (const [number, order] of shop.orders.entries()) {
      const wish = { store_identifier: SHOP, order_id: order, reason: `Number ${number}` };
      const place = { first_name: 'Ann', last_name: 'Lee', company: 'Acme', address1: '1 Main St', city: 'Reno', state: 'NV' };
      const receipt = await shop.propose('orders_update', { ...wish, changes: { shipping: place, customer: place } });
      expect(receipt, JSON.stringify(receipt)).toMatchObject({ status: 'pending' });
    }
    await page.goto('/approvals');
    await expect(new Approvals(page).cards.first()).toContainText('Number 0');
    await expect(page.getByRole('link', { name: 'Show 10 more proposals' })).toBeVisible();
    await isLight(page, 'the approvals');
    await page.goto('/changes?state=waiting');
    await expect(new Changes(page).table.locator('tbody').getByRole('row')).toHaveCount(shop.orders.length);
    await isLight(page, 'the changes that wait');
    await page.goto('/?range=30d');
    await expect(page.getByRole('region', { name: 'Impact', exact: true })).toContainText('9,501 changes took effect');
    await isLight(page, 'the dashboard');
    await page.goto('/stores');
    await page.getByRole('link', { name: SHOP }).click();
    await expect(page.getByRole('heading', { name: 'Folders' })).toBeVisible();
    await isLight(page, 'the page of a store');
    for (const path of ['/stores', '/stores/new', '/keys', '/keys/new', '/connect', '/people', '/settings']) {
      await page.goto(path);
      await isLight(page, path);
    }
    await new Keys(page).open('Writer');
    await isLight(page, 'the page of a key');
    const console = new Console(page);
    for (const tool of ['orders_update', 'orders_create', 'orders_list']) {
      await console.open(tool);
      await isLight(page, `the console with ${tool}`);
    }
    await console.field('store_identifier').selectOption(SHOP);
    await console.run.click();
    await expect(console.result.getByText('Answered', { exact: true })).toBeVisible();
    await isLight(page, 'the console with an answer');
    const palette = new Palette(page);
    await palette.open();
    await palette.field.pressSequentially('shop');
    await expect(palette.line(/Shop 00/).first()).toBeVisible();
    await isLight(page, 'the palette above the console');
  });
});

test('a proposal among ten thousand changes is found by its number', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [first = '', second = ''] = shop.orders;
  await writeCity(shop, first, 'Reno');
  manyChanges(app, workspace.name, ALL);
  await proposeCity(shop, second, 'Elko');
  await page.goto('/approvals');
  await expect(new Approvals(page).cards).toHaveCount(1);
  await expect(new Approvals(page).count).toHaveText('1 waiting');
  await page.goto(`/changes?order=${second}`);
  await expect(new Changes(page).table.locator('tbody').getByRole('row')).toHaveCount(1);
});
