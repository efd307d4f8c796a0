// Going anywhere by keyboard: the command palette, and the shortcuts.
import { expect, test } from '../workspace';
import { Palette } from '../pages/palette';
import { Shell } from '../pages/shell';
import { SANDBOX, Stores } from '../pages/stores';
import { SHOP, openShop, writeCity } from '../shop';

test.describe('the palette', () => {
  test('finds pages by a few letters and goes there', async ({ page, workspace, axe }) => {
    expect(workspace.name).not.toBe('');
    const palette = new Palette(page);
    await page.goto('/');
    await palette.open();
    await expect(palette.field).toBeFocused();
    await expect(palette.chosen).toHaveText(/^Dashboard/);
    await axe();
    await page.keyboard.type('key');
    await expect(palette.chosen).toHaveText(/^Keys/);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/keys');
    await expect(palette.dialog).toHaveCount(0);
    await expect(new Shell(page).heading).toBeFocused();
  });

  test('finds stores, orders and changes of the workspace', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    const [order = ''] = shop.orders;
    const change = await writeCity(shop, order, 'Reno');
    const palette = new Palette(page);
    await page.goto('/');
    await palette.open();
    await page.keyboard.type(SHOP.slice(0, 5));
    await expect(palette.line(SHOP)).toBeVisible();

    await palette.field.fill(order);
    await palette.line(`All changes of ${order}`).click();
    await expect(page).toHaveURL(`/changes?order=${order}`);

    await palette.open();
    await palette.field.fill(change);
    await expect(palette.lines).toHaveCount(1);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/changes/${change}`);
  });

  test('finds a tool, and an order to be read in the console', async ({ page, app, workspace }) => {
    const { orders: [order = ''] } = await openShop(app, workspace.name);
    const palette = new Palette(page);
    await page.goto('/');
    await palette.open();
    await palette.field.fill('stock');
    await palette.line(/products_adjust_stock/).click();
    await expect(page.locator('#tool-title')).toHaveText('products_adjust_stock');

    await palette.open();
    await palette.field.fill(order);
    await palette.line(`Read order ${order}`).click();
    await expect(page.locator('#tool-title')).toHaveText('orders_get');
    await expect(page.locator('[data-path="/order_id"]')).toHaveValue(order);
  });

  test('steps through the lines, sets the theme, and closes without a trace', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const palette = new Palette(page);
    await page.goto('/stores');
    await palette.open();
    await page.keyboard.press('ArrowUp');
    await expect(palette.chosen).toHaveText(/^High contrast/);
    await page.keyboard.press('ArrowUp');
    await expect(palette.chosen).toHaveText(/^Theme as in the system/);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect(palette.dialog).toHaveCount(0);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

    await palette.open();
    await page.keyboard.press('Escape');
    await expect(palette.dialog).toHaveCount(0);
    await palette.open();
    await page.mouse.click(2, 2);
    await expect(palette.dialog).toHaveCount(0);
    await expect(page).toHaveURL('/stores');
  });

  test('closed and opened again within a moment, it stays open', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const palette = new Palette(page);
    await page.goto('/stores');
    await palette.open();
    // The browser says that a dialog was closed only after what happens here, all of it before anything else can.
    await palette.dialog.evaluate((dialog: HTMLDialogElement) => {
      dialog.close();
      dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }));
    });
    await palette.field.fill('connect');
    await expect(palette.chosen).toHaveText(/^Connect/);
    await page.keyboard.press('Escape');
    await expect(palette.dialog).toHaveCount(0);
  });

  test('@desktop opens a line in another tab', async ({ page, context, workspace }) => {
    expect(workspace.name).not.toBe('');
    const palette = new Palette(page);
    await page.goto('/');
    await palette.open();
    await page.keyboard.type('connect');
    const tab = context.waitForEvent('page');
    await page.keyboard.press('Control+Enter');
    await expect(await tab).toHaveURL(/\/connect$/);
    await expect(page).toHaveURL('/');
    await expect(palette.dialog).toBeVisible();
  });

  test('opens by its button, and says when there is nothing', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const palette = new Palette(page);
    await page.goto('/');
    await new Shell(page).openNav();
    await page.getByRole('button', { name: 'Search and go' }).click();
    await palette.field.fill('qqqq');
    await expect(palette.status).toHaveText(/^Nothing has that name/);
  });

  test.describe('offline', () => {
    test.use({ expectedProblems: [/ERR_INTERNET_DISCONNECTED/] });

    test('still goes to pages', async ({ page, context, workspace }) => {
      expect(workspace.name).not.toBe('');
      const palette = new Palette(page);
      await page.goto('/');
      await palette.open();
      await context.setOffline(true);
      await palette.field.fill('stores');
      await expect(palette.status).toHaveText(/could not be reached/);
      await expect(palette.chosen).toHaveText(/^Stores/);
      await context.setOffline(false);
    });
  });
});

test.describe('@desktop the shortcuts', () => {
  test('lead to every page of the navigation, and are listed', async ({ page, workspace, axe }) => {
    expect(workspace.name).not.toBe('');
    const palette = new Palette(page);
    const shell = new Shell(page);
    await page.goto('/');
    for (const link of await shell.nav.getByRole('link').all()) {
      const letter = await link.getAttribute('data-go');
      const path = await link.getAttribute('href');
      expect(letter).toMatch(/^[a-z,]$/);
      await page.keyboard.press('g');
      await page.keyboard.press(letter ?? '');
      await expect(page).toHaveURL(path ?? '');
    }
    await palette.openSheet();
    const listed = await palette.sheet.locator('dl > div').count();
    expect(listed).toBe(7 + (await shell.nav.getByRole('link').count()));
    await axe();
    await page.keyboard.press('Escape');
    await expect(palette.sheet).toHaveCount(0);
  });

  test('leave typing alone, and go to a page’s own search', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    await new Stores(page).add(SANDBOX);
    await page.goto('/stores');
    const search = page.getByRole('searchbox', { name: 'Search stores' });
    await page.keyboard.press('/');
    await expect(search).toBeFocused();
    await page.keyboard.type('gk?/');
    await expect(search).toHaveValue('gk?/');
    await expect(page).toHaveURL('/stores');
  });

  test('can be switched off, but for the palette', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const palette = new Palette(page);
    await page.goto('/');
    await palette.openSheet();
    await palette.letters.uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.keyboard.press('?');
    await palette.open();
    await expect(palette.sheet).toHaveCount(0);
    await expect(page).toHaveURL('/');
    await page.keyboard.press('Escape');

    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await palette.open();
    await expect(page).toHaveURL('/');
  });
});
