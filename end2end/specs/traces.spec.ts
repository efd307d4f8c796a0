// Recorded calls: what was called, by whom, and what happened in it.
import { readFileSync } from 'node:fs';
import { isLight } from '../budgets';
import { damagedCalls, manySpans, olderCalls } from '../many';
import { Shell } from '../pages/shell';
import { Trace, Traces } from '../pages/traces';
import { Login } from '../pages/login';
import { addPerson, PASSWORD } from '../people';
import { openShop, SHOP, writeCity } from '../shop';
import { expect, test } from '../workspace';

test('an empty workspace says what will stand here', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await page.goto('/traces?q=order:1');
  await expect(page.getByText('No call matches.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all calls' }).click();
  await expect(page).toHaveURL('/traces');
});

test('calls are listed, narrowed by the query and by facets, and the address holds it all', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [order = '', other = ''] = shop.orders;
  await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: other });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: '999999999' });
  const traces = new Traces(page);
  await traces.open('', 5);

  await traces.ask('tool:orders_get');
  await expect(traces.rows).toHaveCount(4);
  await traces.ask(`order:${order}`);
  await expect(traces.rows).toHaveCount(2);
  await traces.ask('status:error');
  await expect(traces.rows).toHaveCount(1);
  await expect(traces.rows).toContainText('not found');

  // A facet is a term of the query.
  await traces.ask('');
  // Until these are of the new query, their links are of the one before.
  await expect(traces.value('Tool', 'orders_get')).toContainText('4');
  await traces.value('Tool', 'orders_get').click();
  await expect(page).toHaveURL(/q=tool%3Aorders_get/);
  await expect(traces.query).toHaveValue('tool:orders_get');
  await expect(traces.rows).toHaveCount(4);
  await expect(traces.value('Tool', 'orders_get')).toHaveAttribute('aria-current', 'true');
  await traces.value('Tool', 'orders_get').click();
  await expect(traces.query).toHaveValue('');
  await expect(traces.value('Tool', 'orders_get')).not.toHaveAttribute('aria-current');
  await traces.facet('Tool').getByRole('link', { name: 'Leave out orders_get' }).click();
  await expect(traces.query).toHaveValue('-tool:orders_get');
  await expect(traces.table).not.toContainText('orders_get');

  // The way back leads through the queries.
  await page.goBack();
  await expect(traces.query).toHaveValue('');
  await page.reload();
  await expect(traces.rows.first()).toBeVisible();
});

test('a query that cannot be read says what may stand there', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  const traces = new Traces(page);
  await page.goto('/traces');
  await traces.ask('latency:slow');
  await expect(page.getByText('takes milliseconds')).toBeVisible();
  await traces.ask('store:Nowhere');
  await expect(page.locator('main')).toContainText('Nowhere');
  await expect(traces.query).toHaveValue('store:Nowhere');
  await page.getByText('What can be asked').click();
  await expect(page.getByText('a key or a person, by name or id')).toBeVisible();
});

test('the piece of a query that is at fault is marked, and names that are known are offered', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('tool:orders_list', 1);
  await traces.ask('tool:orders_list store:"Nowhere much" door:mcp');
  await expect(page.locator('mark')).toHaveText('store:"Nowhere much"');
  await expect(traces.query).toHaveAccessibleDescription(/There is no store “Nowhere much”/);
  await page.getByRole('link', { name: SHOP, exact: true }).click();
  await expect(traces.query).toHaveValue(`tool:orders_list store:"${SHOP}" door:mcp`);
  await expect(traces.rows).toHaveCount(1);
});

test('a value is taken back by the facet that shows it, however the query calls it', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('tool:orders_list', 1);
  await traces.ask(`store:"${SHOP.toUpperCase()}" tool:orders_list`);
  await expect(traces.value('Store', SHOP)).toHaveAttribute('aria-current', 'true');
  await traces.value('Store', SHOP).click();
  await expect(traces.query).toHaveValue('tool:orders_list');
});

test('views that everybody has are links, and the one that is asked for is marked', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('', 1);
  await expect(traces.view('All calls')).toHaveAttribute('aria-current', 'true');
  await traces.view('Errors').click();
  await expect(traces.query).toHaveValue('status:error');
  await expect(traces.view('Errors')).toHaveAttribute('aria-current', 'true');
  await expect(traces.view('All calls')).not.toHaveAttribute('aria-current');
  await traces.view('All calls').click();
  await traces.changeViews();
  await expect(page.getByText('A view keeps a query under a name')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save view' })).toHaveCount(0);
});

test('views of one’s own are saved, chosen, renamed and removed', async ({ page, app, workspace, axe }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('tool:orders_list', 1);
  await traces.changeViews();
  await traces.saveView('Lists');
  await expect(traces.view('Lists')).toHaveAttribute('aria-current', 'true');
  await expect(page).toHaveURL(/q=tool/);
  await traces.changeViews();
  await traces.saveView('Lists');
  await expect(page.getByRole('alert')).toContainText('You have a view “Lists” already.');
  await traces.view('All calls').click();
  await traces.view('Lists').click();
  await expect(traces.query).toHaveValue('tool:orders_list');
  await traces.changeViews();
  await axe();

  const row = page.locator('.views li').filter({ has: traces.viewName('Lists') });
  await traces.viewName('Lists').fill('All lists');
  await row.getByRole('button', { name: 'Rename' }).click();
  await expect(traces.view('All lists')).toHaveAttribute('aria-current', 'true');
  await expect(traces.view('Lists')).toHaveCount(0);
  await traces.changeViews();
  await page.locator('.views li').filter({ has: traces.viewName('All lists') }).getByRole('button', { name: 'Remove' }).click();
  await expect(traces.view('All lists')).toHaveCount(0);
  await expect(page).toHaveURL(/q=tool/);
});

test('a live list stays live where it is narrowed', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('tool:orders_list', 1);
  await traces.ask('');
  await page.getByRole('link', { name: 'Live: off' }).click();
  await expect(traces.value('Tool', 'orders_list')).not.toHaveAttribute('aria-current');
  await traces.value('Tool', 'orders_list').click();
  await expect(page).toHaveURL(/q=tool%3Aorders_list&live=1$/);
  await traces.query.fill('door:mcp');
  await traces.query.press('Enter');
  await expect(page).toHaveURL(/q=door%3Amcp&live=1$/);
  await traces.bars.last().click();
  await expect(page).toHaveURL(/since.*&live=1$/);
  await expect(page.getByRole('link', { name: 'Live: on' })).toBeVisible();
});

test('a call of thousands of steps shows them page by page, and what took longest', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  for (let call = 0; call < 12; call += 1) await shop.write('orders_get', { store_identifier: SHOP, order_id: order, detail: call % 2 ? 'full' : 'summary' });
  await shop.write('orders_get', { store_identifier: SHOP, order_id: shop.orders[1] ?? '' });
  const traces = new Traces(page);
  await traces.open('tool:orders_get', 13);
  manySpans(app, workspace.name, 5_000);
  await traces.rows.getByRole('link', { name: 'orders_get', exact: true }).first().click();
  const trace = new Trace(page);
  const pages = page.getByRole('navigation', { name: 'Steps' });
  await expect(pages).toContainText('Steps 1 to 50 of 5,000');
  await expect(trace.steps.locator('tbody tr')).toHaveCount(50);
  await expect(trace.run.locator('tbody tr')).toHaveCount(10);
  await expect(trace.run.locator('tr[aria-current]')).toHaveCount(1);
  await isLight(page, 'a call of 5,000 steps');
  await pages.getByRole('link', { name: 'Next steps' }).click();
  await expect(page).toHaveURL(/\?from=50#steps-title$/);
  await expect(pages).toContainText('Steps 51 to 100 of 5,000');
  await page.getByText('What took longest of the other steps:').locator('~ ul').getByRole('link').first().click();
  await expect(page).toHaveURL(/#step-\d+$/);
  const all = trace.run.getByRole('link', { name: 'All calls of this run' });
  await all.click();
  await expect(traces.rows).toHaveCount(14);
  await isLight(page, 'the list of calls');
});

test('a bar of the histogram narrows the list to its time', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('door:mcp', 1);
  const calls = await traces.rows.count();
  await expect(traces.bars.last()).toHaveAttribute('title', /call/);
  await traces.bars.last().click();
  await expect(traces.query).toHaveValue(/^door:mcp since:\S+ until:\S+$/);
  await expect(traces.rows).toHaveCount(calls);
});

test('one call shows its steps, who called, and leads to the order and its change', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  const change = await writeCity(shop, order, 'Reno');
  const traces = new Traces(page);
  await traces.open('tool:orders_update', 1);
  await page.getByRole('link', { name: 'orders_update', exact: true }).first().click();
  const trace = new Trace(page);
  await expect(new Shell(page).heading).toHaveText('orders_update');
  await expect(trace.details).toContainText('Writer');
  await expect(trace.details).toContainText(SHOP);
  await expect(trace.steps.getByRole('row').filter({ hasText: 'PUT /orders/' })).toHaveCount(1);
  await trace.steps.getByText('More').first().click();
  await trace.details.getByRole('link', { name: 'What it changed' }).click();
  await expect(page).toHaveURL(`/changes/${change}`);
  await page.goBack();
  await trace.details.getByRole('link', { name: order }).click();
  await expect(traces.query).toHaveValue(`order:${order}`);
});

test('a query that is typed is completed by what the workspace has', async ({ page, app, workspace }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await page.goto('/traces');
  const offered = async () => page.locator('#query-words option').evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  await expect.poll(offered).toContain('tool:');
  await traces.query.pressSequentially('status:error -store:ma');
  await expect.poll(offered).toEqual([`status:error -store:"${SHOP}"`]);
  await expect(traces.query).toHaveAttribute('list', 'query-words');
  await traces.query.fill('tool:orders_upd');
  await expect.poll(offered).toEqual(['tool:orders_update', 'tool:orders_update_item']);
});

test('what happened to an order, and in a run, is told as a story', async ({ page, app, workspace, axe }) => {
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  await writeCity(shop, order, 'Reno');
  const traces = new Traces(page);
  const story = page.getByRole('region', { name: 'What happened' });
  await traces.open('tool:orders_update', 1);
  await traces.rows.getByRole('link', { name: 'orders_update', exact: true }).first().click();
  await new Trace(page).details.getByRole('link', { name: 'What happened to it' }).click();
  await expect(new Shell(page).heading).toHaveText(`The story of order ${order}`);
  await expect(story.getByRole('link', { name: 'Get an order' })).toBeVisible();
  await expect(story.getByRole('listitem').filter({ hasText: 'Change an order' })).toContainText('by Writer');
  await expect(story.getByRole('listitem').filter({ hasText: 'Done' })).toHaveCount(1);
  await axe();
  await page.getByRole('link', { name: 'All calls about this order' }).click();
  await expect(traces.query).toHaveValue(`order:${order} store:"${SHOP}"`);
  await page.goBack();

  await story.getByRole('link', { name: 'Change an order', exact: true }).click();
  await page.getByRole('region', { name: 'The run it belongs to' }).getByRole('link', { name: 'Tell it as a story' }).click();
  await expect(new Shell(page).heading).toHaveText('A run of Writer');
  await expect(story).toContainText('made 3 calls');
  await expect(story.getByRole('listitem')).toHaveCount(3);
  await axe();
  await story.getByRole('link', { name: `Order ${order}` }).first().click();
  await expect(new Shell(page).heading).toHaveText(`The story of order ${order}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wide).toBe(false);
});

test.describe('what a call carried', () => {
  test.use({ expectedProblems: [/status of 403/] });

  test('is read by an auditor, which is recorded, and by nobody below', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    const [order = ''] = shop.orders;
    await writeCity(shop, order, 'Canaryville');
    const auditor = addPerson(app, workspace.name, 'Ada', 'auditor');
    const viewer = addPerson(app, workspace.name, 'Bob', 'viewer');
    const traces = new Traces(page);
    const trace = new Trace(page);
    await new Shell(page).signOut();
    await page.goto('/login?next=/traces');
    await new Login(page).signInAs(auditor, PASSWORD);
    await expect(page).toHaveURL('/traces');
    await traces.open('tool:orders_update', 1);
    await traces.rows.getByRole('link', { name: 'orders_update', exact: true }).first().click();
    await trace.carried.getByRole('link', { name: 'Show what it carried' }).click();
    await expect(trace.carried).toContainText(order);
    await expect(trace.carried).toContainText('[hidden: address]');
    await expect(page.locator('main')).not.toContainText('Canaryville');
    const address = page.url();
    await traces.open('tool:trace_payload', 1);
    await expect(traces.rows.first()).toContainText('Ada');

    await new Shell(page).signOut();
    await page.goto('/login?next=/traces');
    await new Login(page).signInAs(viewer, PASSWORD);
    await expect(page).toHaveURL('/traces');
    await page.goto(address.split('?')[0] ?? '');
    await expect(trace.carried).not.toContainText(order);
    await expect(trace.carried.getByRole('link')).toHaveCount(0);
    const answer = await page.goto(address);
    expect(answer?.status()).toBe(403);
  });
});

test.describe('beside the list', () => {
  test.use({ viewport: { width: 1440, height: 900 } });

  test('a call is looked at, and j and k go from one to the next @desktop', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    for (const order_id of shop.orders.slice(0, 3)) await shop.write('orders_get', { store_identifier: SHOP, order_id });
    const traces = new Traces(page);
    await traces.open('tool:orders_get', 3);
    await traces.rows.first().getByRole('link', { name: 'Look at orders_get beside the list' }).click();
    await expect(traces.panel).toContainText('What happened');
    await expect(traces.rows.first()).toHaveAttribute('aria-current', 'true');
    await page.keyboard.press('j');
    await expect(traces.rows.nth(0).getByRole('link', { name: 'orders_get', exact: true })).toBeFocused();
    await page.keyboard.press('j');
    await expect(traces.rows.nth(1)).toHaveAttribute('aria-current', 'true');
    await page.keyboard.press('k');
    await expect(traces.rows.nth(0)).toHaveAttribute('aria-current', 'true');
    await isLight(page, 'the list with a call beside it');
    await traces.panel.getByRole('link', { name: 'Close' }).click();
    await expect(traces.panel).toHaveCount(0);
    await page.goto(`/traces?q=tool:orders_get&peek=${'0'.repeat(25)}1`);
    await expect(traces.panel).toContainText('This call is gone');
    await traces.panel.getByRole('link', { name: 'Close' }).click();
    await expect(traces.panel).toHaveCount(0);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/traces\/[0-9a-z]{26}$/);
  });

  test('a live list takes in new calls by itself @desktop', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    const traces = new Traces(page);
    await traces.open('tool:orders_list', 1);
    await page.getByRole('link', { name: 'Live: off' }).click();
    await expect(page.getByRole('link', { name: 'Live: on' })).toBeVisible();
    await traces.letGo();
    const before = await traces.rows.count();
    await shop.write('orders_list', { store_identifier: SHOP, limit: 3 });
    await expect(traces.rows).toHaveCount(before + 1);
  });
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('the list is asked, narrowed, and a call opened', async ({ page, app, workspace }) => {
    const shop = await openShop(app, workspace.name);
    const [order = ''] = shop.orders;
    await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
    const traces = new Traces(page);
    await traces.open('', 2);
    await expect(page.getByRole('link', { name: 'Live: off' })).toBeHidden();
    await traces.ask('tool:orders_get');
    await traces.changeViews();
    await traces.saveView('Reads');
    await expect(traces.view('Reads')).toHaveAttribute('aria-current', 'true');
    await expect(page.getByText('The view “Reads” is saved.')).toBeVisible();
    await traces.view('All calls').click();
    await traces.view('Reads').click();
    await expect(traces.query).toHaveValue('tool:orders_get');
    await traces.changeViews();
    await traces.viewName('Reads').fill('Reading');
    await page.getByRole('button', { name: 'Rename' }).click();
    await expect(traces.view('Reading')).toBeVisible();
    await traces.changeViews();
    await page.getByRole('button', { name: 'Remove' }).click();
    await expect(traces.view('Reading')).toHaveCount(0);
    await traces.query.fill(`order:${order}`);
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(traces.rows).toHaveCount(1);
    await traces.rows.getByRole('link', { name: 'orders_get', exact: true }).click();
    await expect(new Shell(page).heading).toHaveText('orders_get');
    await expect(new Trace(page).details).toContainText(order);
    await expect(async () => {
      await page.reload();
      await expect(new Trace(page).steps).toBeVisible();
    }).toPass();
    manySpans(app, workspace.name, 120);
    await page.reload();
    await page.getByRole('link', { name: 'Next steps' }).click();
    await expect(page.getByRole('navigation', { name: 'Steps' })).toContainText('Steps 51 to 100 of 120');
  });
});

test('the calls of a query are taken along as files', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  for (const order of shop.orders.slice(0, 2)) await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  const traces = new Traces(page);
  await traces.open('tool:orders_get', 2);
  await page.getByText('Export these calls').click();
  for (const [form, name, lines] of [['CSV', 'calls.csv', 3], ['JSON lines', 'calls.jsonl', 2], ['OpenTelemetry', 'calls.otlp.jsonl', 1]] as const) {
    const begun = page.waitForEvent('download');
    await page.getByRole('link', { name: form }).click();
    const download = await begun;
    expect(download.suggestedFilename()).toBe(name);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(lines);
    expect(text).toContain('orders_get');
  }
  await expect(page).toHaveURL(/\/traces\?q=tool/);
});

test('dragging over bars of the histogram narrows the list to their time @desktop', async ({ page, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const traces = new Traces(page);
  // What hours do not know is counted call by call, and these are moved.
  const query = 'latency:<=600000';
  await traces.open(query, 1);
  olderCalls(app, workspace.name, 1);
  await shop.write('orders_list', { store_identifier: SHOP, limit: 1 });
  await traces.open(`${query} since:1h`, 1);
  await traces.open(query, 2);
  const bars = await traces.bars.count();
  expect(bars).toBeGreaterThan(2);
  const time = async (bar: number) => new URL((await traces.bars.nth(bar).getAttribute('href')) ?? '', page.url()).searchParams.get('q') ?? '';
  const [first, last] = [await time(1), await time(bars - 1)];
  await traces.bars.last().hover();
  await page.mouse.down();
  await traces.bars.nth(bars - 2).hover();
  await traces.bars.nth(1).hover();
  await expect(page.locator('.histogram [data-brushed]')).toHaveCount(bars - 1);
  await page.mouse.up();
  await expect(traces.query).toHaveValue(first.replace(/until:\S+$/, '') + (/until:\S+$/.exec(last)?.[0] ?? ''));
  await expect(page.locator('.histogram [data-brushed]')).toHaveCount(0);
  // One bar stays a link, also when the pointer moves a little on it.
  await page.goBack();
  await expect(traces.query).toHaveValue(query);
  // Those of the stretch were fewer, and each becomes another one.
  await expect(traces.bars).toHaveCount(bars);
  await traces.bars.last().click();
  await expect(traces.query).toHaveValue(last);
});

test('columns are chosen for this browser', async ({ page, app, workspace, axe }) => {
  await openShop(app, workspace.name);
  const traces = new Traces(page);
  await traces.open('tool:orders_list', 1);
  const choices = page.locator('details').filter({ has: page.getByText('Columns', { exact: true }) });
  await choices.locator('summary').click();
  await axe();
  await choices.getByLabel('Who').uncheck();
  await expect(traces.rows.first()).not.toContainText('Writer');
  await choices.getByLabel('Took').uncheck();
  await expect(traces.table.locator('thead th')).toHaveText(['Call', 'Outcome', 'About', 'When', 'Beside']);
  await page.reload();
  await expect(traces.table.locator('thead th')).toHaveCount(5);
  await choices.locator('summary').click();
  await expect(choices.getByLabel('Who')).not.toBeChecked();
  await choices.getByLabel('Who').check();
  await expect(traces.rows.first()).toContainText('Writer');
  await choices.getByLabel('Took').check();
  await expect(traces.table.locator('thead th')).toHaveCount(7);
});

test('where calls are damaged the others are shown, and it is said', async ({ page, app, workspace, axe }) => {
  const shop = await openShop(app, workspace.name);
  const traces = new Traces(page);
  const [order = ''] = shop.orders;
  await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  await traces.open('tool:orders_get', 1);
  await traces.open('', 2);
  const oldest = (await traces.idOf((await traces.rows.count()) - 1)) ?? '';
  const isSaid = page.getByText('What is stored of some calls of this time is damaged');
  await expect(isSaid).toHaveCount(0);
  await expect(page.locator(`[data-call="${oldest}"]`)).toHaveCount(1);
  damagedCalls(app, workspace.name);
  await traces.open('', 1);
  await expect(isSaid).toBeVisible();
  await expect(traces.table).toContainText('orders_get');
  await expect(page.locator(`[data-call="${oldest}"]`)).toHaveCount(0);
  await axe();
  // A file is whole or none.
  const file = await page.request.get('/traces/export?format=csv');
  expect(file.status()).toBe(500);
  expect(await file.text()).toContain('What is stored of some of these calls is damaged');
  // Of those that can be read alone nothing is missing.
  await traces.open(`order:${order}`, 1);
  await expect(isSaid).toHaveCount(0);
});
