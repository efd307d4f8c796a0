// Pictures of every page for docs/screenshots, made by `make screenshots`: light and dark, wide and narrow.
import { join } from 'node:path';
import { openDashboardWithCalls } from '../calls';
import { Console } from '../pages/console';
import { Login } from '../pages/login';
import { addPerson, PASSWORD } from '../people';
import { openOtherShop, openShop, proposeCity, SHOP, type Shop, writeCity } from '../shop';
import { Shell } from '../pages/shell';
import { expect, test } from '../workspace';

const FOLDER = join(import.meta.dirname, '../../docs/screenshots');
const WIDTHS = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };

/** Calls as a morning brings them: mostly reads, some answered from the cache, one refused. */
async function useTheShop({ write, orders }: Shop): Promise<void> {
  for (const order_id of [...orders.slice(0, 8), ...orders.slice(0, 6)]) await write('orders_get', { store_identifier: SHOP, order_id });
  await write('products_list', { store_identifier: SHOP });
  await write('orders_get', { store_identifier: SHOP, order_id: '999999999' });
}

for (const [theme, workspaceName] of [['light', 'Northwind Goods'], ['dark', 'Northwind Garden']] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, workspaceName });

    test('every page', async ({ page, app, workspace }) => {
      test.setTimeout(300_000);
      const take = async (name: string) => {
        for (const [width, size] of Object.entries(WIDTHS)) {
          await page.setViewportSize(size);
          await page.evaluate(() => document.fonts.ready);
          await page.screenshot({ path: join(FOLDER, `${name}-${theme}-${width}.png`), animations: 'disabled' });
        }
        await page.setViewportSize(WIDTHS.wide);
      };
      const open = async (path: string, name: string) => {
        await page.goto(path);
        await expect(page.locator('main h1')).toBeVisible();
        await take(name);
      };

      await open('/', 'first-steps');
      const shop = await openShop(app, workspace.name);
      openOtherShop(app, workspace.name);
      const [first = '', second = '', third = ''] = shop.orders;
      const done = await writeCity(shop, first, 'Reno');
      const waiting = await proposeCity(shop, second, 'Elko', 'The customer moved and asks for it to be sent there');
      await proposeCity(shop, third, 'Ely', 'The carrier does not find the address');
      await useTheShop(shop);
      addPerson(app, workspace.name, 'Ada', 'admin');
      addPerson(app, workspace.name, 'Bob', 'viewer');
      await openDashboardWithCalls(page);
      await take('dashboard');
      await open('/approvals', 'approvals');
      await open('/changes', 'changes');
      await open(`/changes/${waiting}`, 'change-waiting');
      await open(`/changes/${done}?undo`, 'change-undo');
      await open('/traces', 'traces');
      await page.goto('/traces?q=tool:orders_update');
      await page.locator('.trace-tool').first().click();
      await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible();
      await take('trace');
      await open('/stores', 'stores');
      await page.getByRole('table', { name: 'Stores' }).getByRole('link').first().click();
      await expect(page.getByRole('heading', { name: 'Connection' })).toBeVisible();
      await take('store');
      await open('/stores/new', 'store-new');
      await open('/keys', 'keys');
      await page.getByRole('table', { name: 'Keys' }).getByRole('link').first().click();
      await expect(page.getByRole('heading', { name: 'Details' })).toBeVisible();
      await take('key');
      await open('/keys/new', 'key-new');
      await open('/connect', 'connect');
      await open('/console', 'console-tools');
      const tool = new Console(page);
      await tool.open('orders_list');
      await tool.field('store_identifier').selectOption(SHOP);
      await tool.run.click();
      await expect(tool.status).toContainText('orders_list');
      await take('console');
      await tool.result.scrollIntoViewIfNeeded();
      await tool.result.evaluate((result) => result.scrollIntoView());
      await take('console-result');
      await open('/people', 'people');
      await page.goto('/');
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('combobox', { name: 'Search and go' })).toBeVisible();
      await take('palette');
      await page.keyboard.press('Escape');

      const root = addPerson(app, workspace.name, 'Root', 'owner', ['--instance-admin']);
      await new Shell(page).signOut();
      await open('/login', 'login');
      await open('/join', 'join');
      await page.goto('/login?next=/settings');
      await new Login(page).signInAs(root, PASSWORD);
      await expect(page).toHaveURL('/settings');
      await open('/settings', 'settings');
      await open('/instance', 'instance');
    });
  });
}
