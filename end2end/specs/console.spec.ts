// The console: any tool by hand, by the path that assistants' calls take.
import { expect, test } from '../workspace';
import { Console } from '../pages/console';
import { openOtherShop, openShop, OTHER_SHOP, SHOP, type Shop } from '../shop';

/** The arguments that the JSON shows. */
async function value(console: Console): Promise<unknown> {
  return JSON.parse(await console.json.inputValue());
}

test.describe('the form and the JSON', () => {
  test.beforeEach(async ({ app, workspace }) => {
    await openShop(app, workspace.name);
  });

  test('show one value: enums, dates, numbers, ticks', async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_list');
    await console.field('store_identifier').selectOption(SHOP);
    await console.openOptional();
    await console.field('search_start_date').fill('2026-01-02');
    await console.field('order').selectOption('ASC');
    await console.field('limit').fill('5');
    await console.field('fields/notes').check();
    await console.field('fields/items').check();
    await console.showAs('JSON');
    const expected = { store_identifier: SHOP, search_start_date: '2026-01-02', order: 'ASC', limit: 5, fields: ['items', 'notes'] };
    expect(await value(console)).toEqual(expected);

    await console.json.fill(JSON.stringify({ limit: 7, email: 'a@example.com', fields: ['history'] }, null, 2));
    await expect(console.faults).toHaveText('');
    await console.showAs('Form');
    await expect(console.field('limit')).toHaveValue('7');
    await expect(console.field('email')).toHaveValue('a@example.com');
    await expect(console.field('store_identifier')).toHaveValue('');
    await expect(console.field('fields/history')).toBeChecked();
    await expect(console.field('fields/notes')).not.toBeChecked();
    await console.field('email').fill('');
    await console.showAs('JSON');
    expect(await value(console)).toEqual({ limit: 7, fields: ['history'] });
  });

  test('lists grow and shrink, and free members are typed as JSON', async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_add_items');
    await console.field('order_id').fill('1');
    await console.field('items/0').fill('{"name": "A", "price": 1.50}');
    await page.getByRole('button', { name: 'Add to items' }).click();
    await console.field('items/1').fill('{"code": "B"}');
    await console.showAs('JSON');
    await expect(console.json).toHaveValue(/"price": 1\.50/);
    expect(await value(console)).toEqual({ order_id: '1', items: [{ name: 'A', price: 1.5 }, { code: 'B' }] });
    await console.showAs('Form');
    await page.getByRole('button', { name: 'Remove element 1 of items' }).click();
    await console.showAs('JSON');
    expect(await value(console)).toEqual({ order_id: '1', items: [{ code: 'B' }] });
  });

  test('the JSON is told its faults by line, as the server reads it', async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_list');
    await console.showAs('JSON');
    await console.json.fill('{\n  "limit": 501,\n  "no_such": 1\n}');
    await expect(console.faults).toContainText('Line 2, column 3: `limit` must be 1 to 500; this is 501.');
    await expect(console.faults).toContainText('Line 3, column 3: `orders_list` has no argument `no_such`');
    await expect(page.locator('.json-wrong')).toHaveText(['2', '3']);
    await console.json.fill('{\n  "limit": 5,\n}');
    await expect(console.faults).toContainText('Line 3, column 1: This is not JSON');
    await console.faults.getByRole('button').click();
    await expect(console.json).toBeFocused();
    expect(await console.json.evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(16);
  });

  test('what there is can be picked', async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_move');
    await console.field('order_id').focus();
    await expect(page.locator('#pick-order option').first()).toHaveAttribute('value', /^\d+$/);
    await console.field('folder').focus();
    await expect(page.locator('#pick-folder_name option').first()).toHaveAttribute('value', /\w/);
    await console.open('products_list');
    await console.field('code').focus();
    await expect(page.locator('#pick-sku option').first()).toHaveAttribute('value', /\w/);
  });
});

test.describe('running', () => {
  let shop: Shop;

  test.beforeEach(async ({ app, workspace }) => {
    shop = await openShop(app, workspace.name);
  });

  test('shows the answer as table, JSON, upstream calls, and as the assistant reads it', async ({ page }) => {
    const console = new Console(page);
    const [order = ''] = shop.orders;
    await console.open('orders_get');
    await console.field('order_id').fill(order);
    await console.run.click();
    await expect(console.status).toHaveText(/^orders_get answered in .* bytes, about [\d,]+ tokens\.$/);
    await expect(console.result.getByText('Answered', { exact: true })).toBeVisible();
    await expect(console.result.getByRole('definition').filter({ hasText: order }).first()).toBeVisible();
    await console.showResult('Upstream calls');
    await expect(console.result.getByText('GET /orders/{order_id}').or(console.result.getByText('Order Desk was not asked')).first()).toBeVisible();
    await console.showResult('As the assistant sees it');
    await expect(console.result.getByRole('region', { name: 'As the assistant sees it' })).toContainText(`"id":"${order}"`);
    await console.showResult('Diff');
    await expect(console.result.getByText('This tool changes nothing')).toBeVisible();
    await console.showResult('JSON');
    await console.result.locator('summary', { hasText: 'order:' }).click();
    await expect(console.result.locator('.json-leaf', { hasText: 'id: ' }).first()).toBeVisible();
    await page.getByLabel('Search the JSON').fill(order);
    await expect(console.result.getByText(/places? ha(s|ve) it/)).toBeVisible();
  });

  test('a dry run writes nothing, a run makes a change that can be opened', async ({ page }) => {
    const console = new Console(page);
    const [order = ''] = shop.orders;
    await console.open('orders_add_note');
    await console.field('order_id').fill(order);
    await console.field('note').fill('Called the customer.');
    await console.dryRun.click();
    await expect(console.status).toContainText('nothing was written');
    await expect(console.result.getByText('Dry run', { exact: true })).toBeVisible();
    await console.showResult('Diff');
    await expect(console.result.getByRole('table', { name: 'What changes' }).or(console.result.getByText('Nothing changes'))).toBeVisible();
    await console.run.click();
    await expect(console.status).toContainText('answered in');
    await console.result.getByRole('link', { name: 'Open the change' }).click();
    await expect(page).toHaveURL(/\/changes\/[0-9a-z]{26}$/);
  });

  test("a tool's failure is an error and nothing else", async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_get');
    await console.field('order_id').fill('99999999');
    await console.run.click();
    await expect(console.status).toContainText('orders_get failed after');
    await expect(console.result.getByRole('alert')).toContainText('99999999');
    await expect(console.result.getByText('Error', { exact: true })).toBeVisible();
    await expect(console.result.getByText('Answered', { exact: true })).toBeHidden();
    await expect(console.result.getByText('not_found')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'History' }).locator('..').getByText('not_found')).toBeVisible();
  });

  test('several calls stand side by side and outlast a reload', async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_list');
    await console.openOptional();
    await console.field('limit').fill('3');
    await page.getByRole('button', { name: 'New call' }).click();
    await console.openOptional();
    await console.field('limit').fill('4');
    await console.choose('stores_list');
    await expect(page.locator('#tool-title')).toHaveText('stores_list');
    await expect(console.calls.locator('.tab')).toHaveText(['orders_list', 'orders_list', 'stores_list']);
    await console.calls.locator('.tab').first().click();
    await expect(page.locator('#tool-title')).toHaveText('orders_list');
    await expect(console.field('limit')).toHaveValue('3');
    await page.reload();
    await expect(console.calls.locator('.tab')).toHaveCount(3);
    await console.calls.locator('.tab').nth(1).click();
    await expect(console.field('limit')).toHaveValue('4');
    await page.getByRole('button', { name: 'Close call 1, orders_list' }).click();
    await expect(console.calls.locator('.tab')).toHaveText(['orders_list', 'stores_list']);
  });

  test('the history runs a call again, and a call is saved, renamed and removed', async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_list');
    await console.openOptional();
    await console.field('limit').fill('2');
    await console.run.click();
    await expect(console.status).toContainText('answered in');
    const history = page.getByRole('heading', { name: 'History' }).locator('..');
    await expect(history.getByRole('link', { name: 'orders_list' })).toBeVisible();

    await page.getByLabel('Name to save the call under').fill('Newest two');
    await page.getByRole('button', { name: 'Save call' }).click();
    await expect(page.locator('#console-saved')).toHaveText('Saved as Newest two.');
    const saved = page.getByRole('heading', { name: 'Saved calls' }).locator('..');
    await expect(saved.getByRole('link', { name: 'Newest two' })).toBeVisible();
    await saved.getByText('Rename').click();
    await saved.getByLabel('New name of Newest two').fill('Two');
    await saved.getByRole('button', { name: 'Save the name' }).click();
    await expect(saved.getByRole('link', { name: 'Two', exact: true })).toBeVisible();

    await page.goto('/console');
    await page.getByRole('link', { name: 'Two', exact: true }).click();
    await expect(console.field('limit')).toHaveValue('2');
    await page.getByRole('button', { name: 'Remove Two' }).click();
    await expect(saved.getByText('A call that is saved stands here')).toBeVisible();
  });

  test('a call is copied as other programs make it, and as a link', async ({ page, context }) => {
    const console = new Console(page);
    await console.open('orders_list');
    await console.openOptional();
    await console.field('email').fill('ü@example.com');
    expect(await console.copyAs('curl')).toContain('Bearer odm_ak_YOUR_KEY');
    expect(JSON.parse(await console.copyAs('MCP JSON'))).toMatchObject({ method: 'tools/call', params: { name: 'orders_list', arguments: { email: 'ü@example.com' } } });
    expect(await console.copyAs('TypeScript')).toContain("name: 'orders_list'");
    expect(await console.copyAs('Python')).toContain('session.call_tool("orders_list", arguments)');
    const link = await console.copyAs('Link');
    // Browsers send a fragment to nobody.
    expect(new URL(link).search).toBe('?tool=orders_list');
    const other = await context.newPage();
    await other.goto(link);
    await expect(new Console(other).field('email')).toHaveValue('ü@example.com');
    await new Console(other).choose('orders_get');
    await expect(other.locator('#tool-title')).toHaveText('orders_get');
    expect(await other.evaluate(() => location.hash)).toBe('');
    await other.goto('/console?tool=orders_get#args=eyJh');
    await expect(new Console(other).result.getByRole('alert')).toContainText('The arguments in this link cannot be read');
    // Links that name an order alone stand in the search.
    await other.goto(`/console?tool=orders_get&args=${Buffer.from('{"order_id":"7"}').toString('base64url')}`);
    await expect(new Console(other).field('order_id')).toHaveValue('7');

    // What is copied is the call that is shown.
    expect(await console.copyAs('MCP JSON')).toContain('ü@example.com');
    await page.getByRole('button', { name: 'New call' }).click();
    await console.openOptional();
    await console.field('email').fill('');
    await expect(console.snippet).not.toContainText('example.com');
    await console.calls.locator('.tab').first().click();
    await expect(console.snippet).toContainText('ü@example.com');
  });

  test('secrets stay out of links, copies, the history and what the browser keeps', async ({ page }) => {
    const console = new Console(page);
    await console.open('tenant_use_master_key');
    await expect(console.field('master_key')).toHaveAttribute('type', 'password');
    await console.field('master_key').fill('odm_mk_CANARY_0123456789');
    for (const kind of ['curl', 'MCP JSON', 'Link'] as const) expect(await console.copyAs(kind)).not.toContain('CANARY');
    await console.run.click();
    await expect(console.status).toContainText('failed after');
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }) + location.href);
    expect(kept).not.toContain('CANARY');
  });

  test('@desktop the keyboard alone is enough', async ({ page }) => {
    const console = new Console(page);
    const [order = ''] = shop.orders;
    await console.open('orders_add_note');
    await page.getByLabel('Search tools').focus();
    await page.keyboard.type('history');
    await expect(page.getByText('1 tool matches.')).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(console.tool('orders_add_note')).toBeFocused();
    await page.keyboard.press('Enter');
    await console.field('order_id').focus();
    await page.keyboard.type(order);
    await page.keyboard.press('Tab');
    await page.keyboard.type('By keyboard.');
    await page.keyboard.press('Control+Shift+Enter');
    await expect(console.status).toContainText('nothing was written');
    await page.keyboard.press('Control+Enter');
    await expect(console.status).toContainText('orders_add_note answered in');
  });

  test('@desktop tools are found by name and title, with what they do to things', async ({ page }) => {
    const console = new Console(page);
    await console.open('orders_delete');
    await expect(console.tool('orders_delete')).toHaveAttribute('aria-current', 'page');
    await expect(console.tool('orders_delete')).toContainText('destructive');
    await expect(console.tool('orders_list')).toContainText('reads');
    await expect(console.tool('orders_create')).toContainText('writes');
    await page.getByLabel('Search tools').fill('stock');
    await expect(console.tool('products_adjust_stock')).toBeVisible();
    await expect(console.tool('orders_list')).toBeHidden();
    await page.getByLabel('Search tools').fill('nothing like it');
    await expect(page.getByText('No tool matches')).toBeVisible();
  });
});

test.describe('side by side', () => {
  // The server answers 422 to what cannot be called; and a slow link is what one of these is about.
  test.use({ expectedProblems: [/status of 422|was preloaded using link preload but not used/] });

  test('what is typed before the page can hear it is not lost', async ({ page, app, workspace }) => {
    await openShop(app, workspace.name);
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    await page.route('**/*.wasm', async (route) => {
      await arrived;
      await route.continue();
    });
    const console = new Console(page);
    // Ends when the page's own code has taken over.
    const opened = page.goto('/console?tool=orders_list');
    await console.run.waitFor();
    await console.openOptional();
    await console.field('store_identifier').selectOption(SHOP);
    await console.field('limit').fill('3');
    await console.field('fields/items').check();
    arrive();
    await opened;
    await expect.poll(() => page.evaluate(() => JSON.stringify(sessionStorage))).toContain('limit');
    await expect(console.field('limit')).toHaveValue('3');
    await console.showAs('JSON');
    expect(await value(console)).toEqual({ store_identifier: SHOP, limit: 3, fields: ['items'] });
  });

  test('calls of somebody else, or of another workspace, are forgotten', async ({ page, app, workspace }) => {
    await openShop(app, workspace.name);
    const console = new Console(page);
    await console.open('orders_list');
    await console.openOptional();
    await console.field('limit').fill('3');
    await page.evaluate(() => {
      const [own = ''] = Object.keys(sessionStorage).filter((key) => key.startsWith('console-calls'));
      const calls = JSON.stringify([{ tool: 'orders_list', arguments: '{"email":"theirs@example.com"}' }]);
      for (const key of ['console-calls', `${own}X`, 'console-calls/x/y']) sessionStorage.setItem(key, calls);
    });
    await page.reload();
    await expect(console.field('limit')).toHaveValue('3');
    const kept = () => page.evaluate(() => ({ ...sessionStorage }));
    const keys = async () => Object.keys(await kept()).filter((key) => key.startsWith('console-calls'));
    // The page takes its own calls up a moment after it has taken over.
    await expect.poll(keys).toEqual([expect.stringMatching(/^console-calls\/[0-9a-z]{26}\/[0-9a-z]{26}$/i)]);
    expect(JSON.stringify(await kept())).not.toContain('theirs@example.com');
  });

  test('a refusal stays with its call, and JSON that cannot be read is neither run nor lost', async ({ page, app, workspace }) => {
    openOtherShop(app, workspace.name);
    const console = new Console(page);
    await console.open('orders_list');
    await console.showAs('JSON');
    await console.json.fill('{\n  "limit": 5,\n}');
    await console.showAs('Form');
    await expect(page.locator('#json-refused')).toContainText('Mend it first');
    await expect(console.json).toBeVisible();
    await console.run.click();
    await expect(console.result.getByRole('alert')).toContainText('Line 3, column 1: This is not JSON');
    await expect(console.json).toBeFocused();

    await console.choose('orders_get');
    await expect(page.locator('#tool-title')).toHaveText('orders_get');
    await expect(console.result.getByRole('alert')).toBeHidden();
    await console.choose('orders_list');
    await expect(console.json).toHaveValue('{\n  "limit": 5,\n}');
    await expect(console.result.getByRole('alert')).toContainText('Line 3');
    await console.json.fill('{\n  "limit": 5\n}');
    await console.showAs('Form');
    await expect(console.field('limit')).toHaveValue('5');
  });

  test('an answer comes to its call, wherever that stands by then', async ({ page, app, workspace }) => {
    openOtherShop(app, workspace.name);
    const console = new Console(page);
    await console.open('products_list');
    await console.field('store_identifier').selectOption(OTHER_SHOP);
    await page.getByRole('button', { name: 'New call' }).click();
    await app.orderDesk.fault({ method: 'GET', path: '/inventory-items', action: { slow: { delay_ms: 3_000 } } });
    await console.run.click();
    await expect(page.getByRole('button', { name: 'Stop waiting' })).toBeVisible();
    await console.calls.locator('.tab').first().click();
    await expect(page.getByRole('button', { name: 'Stop waiting' })).toBeHidden();
    await expect(console.run).toHaveAttribute('aria-disabled', 'false');
    await page.getByRole('button', { name: 'Close call 1, products_list' }).click();
    await expect(page.getByRole('button', { name: 'Stop waiting' })).toBeVisible();
    await expect(console.status).toContainText('products_list answered in');
    await expect(page.getByRole('button', { name: 'Stop waiting' })).toBeHidden();
  });

  test('there is no room for a ninth call, and none is replaced', async ({ page, app, workspace }) => {
    await openShop(app, workspace.name);
    const console = new Console(page);
    await console.open('orders_get');
    await console.field('order_id').fill('1');
    for (let number = 2; number <= 8; number++) {
      await page.getByRole('button', { name: 'New call' }).click();
      await console.field('order_id').fill(`${number}`);
    }
    await page.getByRole('button', { name: 'New call' }).click();
    await expect(console.result.getByRole('alert')).toContainText('Eight calls stand side by side');
    await console.choose('orders_list');
    await expect(page).toHaveURL(/tool=orders_get$/);
    await expect(page.locator('#tool-title')).toHaveText('orders_get');
    await expect(console.field('order_id')).toHaveValue('8');
    await expect(console.result.getByRole('alert')).toContainText('Close one of them first');
    await expect(console.calls.locator('.tab')).toHaveCount(8);
  });

  test('only the form is run from the keyboard, and what is offered is of the chosen store', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    openOtherShop(app, workspace.name);
    const console = new Console(page);
    await console.open('orders_get');
    await console.field('store_identifier').selectOption(SHOP);
    await console.field('order_id').fill(shop.orders[0] ?? '');
    const search = page.getByLabel('Search tools');
    if (await search.isVisible()) await search.press('Control+Enter');
    await page.getByLabel('Name to save the call under').press('Control+Enter');
    await expect(console.status).toHaveText('');

    const offered = page.locator('#pick-order option');
    const ids = () => offered.evaluateAll((options) => options.map((option) => option.getAttribute('value')));
    const pick = async (store: string): Promise<(string | null)[]> => {
      await console.field('store_identifier').focus();
      await console.field('store_identifier').selectOption(store);
      await console.field('order_id').focus();
      await expect(offered.first()).toBeAttached();
      return await ids();
    };
    const first = await pick(SHOP);
    expect(await pick(OTHER_SHOP)).not.toEqual(first);
    expect(await pick(SHOP)).toEqual(first);
    await console.field('order_id').press('Control+Enter');
    await expect(console.status).toContainText('orders_get answered in');
  });
});

test.describe('a live store', () => {
  // The server answers 422 until the name is typed.
  test.use({ expectedProblems: [/status of 422/] });

  test('something is taken away only after the name was typed', async ({ page, app, workspace }) => {
    openOtherShop(app, workspace.name);
    const console = new Console(page);
    await console.open('orders_list');
    await console.run.click();
    await expect(console.status).toContainText('answered in');
    await console.showResult('As the assistant sees it');
    const text = await console.result.locator('.console-text code').allTextContents();
    const order = JSON.parse(text.join('')).orders[0].id;
    await console.open('orders_update');
    await console.field('order_id').fill(order);
    await console.field('changes').fill('{"email": "new@example.com"}');
    await console.run.click();
    await expect(console.result.getByRole('alert')).toContainText('Type its name to run it');
    await expect(console.confirm).toBeFocused();
    await console.dryRun.click();
    await expect(console.status).toContainText('nothing was written');
    await console.showResult('Diff');
    await expect(console.result.getByRole('cell', { name: 'new@example.com' })).toBeVisible();
    await console.confirm.fill('orders_update');
    await console.run.click();
    await expect(console.status).toContainText('orders_update answered in');
    await expect(console.result.getByRole('link', { name: 'Open the change' })).toBeVisible();
  });

  test('a slow store shows how long it takes, and a call is given up', async ({ page, app, workspace }) => {
    openOtherShop(app, workspace.name);
    const console = new Console(page);
    await app.orderDesk.fault({ method: 'GET', path: '/inventory-items', action: { slow: { delay_ms: 8_000 } } });
    await console.open('products_list');
    await console.field('store_identifier').selectOption(OTHER_SHOP);
    await console.run.click();
    await expect(console.status).toHaveText('Running products_list.');
    await expect(page.locator('#console-seconds')).toHaveText(/^[1-9] s$/);
    await page.getByRole('button', { name: 'Stop waiting' }).click();
    await expect(console.result.getByRole('alert')).toContainText('You gave this call up');
    await expect(page.getByRole('button', { name: 'Stop waiting' })).toBeHidden();
    await expect(page.getByRole('heading', { name: 'History' }).locator('..').getByText('cancelled')).toBeVisible();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('the form is sent and the answer shown', async ({ page, app, workspace }) => {
    await openShop(app, workspace.name);
    const console = new Console(page);
    await page.goto('/console?tool=orders_list');
    await page.locator('.console-more > summary').click();
    await console.field('limit').fill('2');
    await console.field('fields/items').check();
    await console.run.click();
    await expect(page).toHaveURL(/call=/);
    await expect(console.status).toContainText('orders_list answered in');
    await expect(console.result.getByText('orders: 2')).toBeVisible();
    await expect(console.field('limit')).toHaveValue('2');
    await expect(console.field('fields/items')).toBeChecked();

    await page.goto('/console?tool=orders_add_note');
    await console.field('order_id').fill('99999999');
    await console.field('note').fill('x');
    await console.dryRun.click();
    await expect(console.status).toContainText('orders_add_note failed after');
    await expect(console.result.getByRole('alert')).toContainText('99999999');
  });

  test('a refused form keeps what was typed', async ({ page, app, workspace }) => {
    openOtherShop(app, workspace.name);
    const console = new Console(page);
    await page.goto('/console?tool=orders_update');
    await console.field('order_id').fill('99999999');
    await console.field('changes').fill('{"email": "new@example.com"}');
    await console.run.click();
    await expect(console.result.getByRole('alert')).toContainText('Type its name to run it');
    await expect(page).toHaveURL(/\?tool=orders_update&call=[0-9a-z]{26}$/);
    await expect(console.field('order_id')).toHaveValue('99999999');
    await expect(console.field('changes')).toHaveValue(/new@example\.com/);
  });
});
