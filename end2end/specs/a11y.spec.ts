// axe on every page, in both themes; the mobile project repeats it on a phone.
import { expect, test } from '../workspace';
import { callWith, openDashboardWithCalls } from '../calls';
import { Change, Changes } from '../pages/changes';
import { Console } from '../pages/console';
import { Keys } from '../pages/keys';
import { Login } from '../pages/login';
import { People } from '../pages/people';
import { Traces } from '../pages/traces';
import { addPerson } from '../people';
import { SANDBOX, Stores } from '../pages/stores';
import { openShop, proposeCity, writeCity } from '../shop';
import { Shell } from '../pages/shell';

test.use({ inTheDark: true });

test('sign-in page', async ({ page, axe }) => {
  await page.goto('/login');
  for (const summary of await page.locator('main summary').all()) await summary.click();
  await axe();
  await page.goto('/join');
  await axe();
});

test('pages of people and settings, with everything open', async ({ page, axe, app, workspace }) => {
  addPerson(app, workspace.name, 'Ada', 'owner');
  addPerson(app, workspace.name, 'Bob', 'viewer');
  await page.goto('/people');
  await new People(page).inviteAs('cid@example.com', 'auditor');
  for (const summary of await page.locator('main summary').all()) await summary.click();
  await axe();
  await page.goto('/settings');
  await axe();
});

for (const paths of [
  ['/', '/stores', '/stores/new', '/changes', '/traces', '/traces/alerts', '/traces/exports', '/approvals'],
  ['/keys', '/keys/new', '/console', '/console?tool=orders_list', '/connect', '/people', '/settings'],
]) {
  test(`pages of an empty workspace: ${paths.join(' ')}`, async ({ page, axe, workspace }) => {
    expect(workspace.name).not.toBe('');
    for (const path of paths) {
      await page.goto(path);
      await axe();
    }
  });
}

test('pages of a workspace with a store, with everything open', async ({ page, axe, app, workspace }) => {
  await callWith(app, workspace.masterKey, 'stores_list', {});
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
  await axe();
  await page.getByRole('button', { name: 'Delete store' }).click();
  await axe();
  await page.keyboard.press('Escape');
  await new Stores(page).remove('Main shop');
  await axe();
  await new Stores(page).deleted.getByRole('button', { name: 'Restore' }).click();
  await expect(new Shell(page).heading).toHaveText('Main shop');
  await openDashboardWithCalls(page);
  await page.getByText('Show as table').click();
  await axe();
  await page.goto('/stores');
  await axe();
  await new Shell(page).openNav();
  await axe();
});

test('pages of recorded calls, with everything open', async ({ page, axe, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  await writeCity(shop, shop.orders[0] ?? '', 'Reno');
  await new Traces(page).open('tool:orders_update', 1);
  await page.getByText('What can be asked').click();
  await axe();
  const call = (await page.locator('.trace-tool').first().getAttribute('href')) ?? '';
  await page.goto(`/traces?q=door:mcp&live=1&peek=${call.split('/').at(-1)}`);
  // On a phone the panel is not shown.
  await expect(page.locator('.trace-panel')).toHaveCount(1);
  await axe();
  await page.goto('/traces?q=store:Nowhere');
  await expect(page.locator('mark')).toBeVisible();
  await axe();
  await page.goto(call);
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible();
  for (const summary of await page.locator('main summary').all()) await summary.click();
  await axe();
});

test('pages of changes and keys, with everything open', async ({ page, axe, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const [first = '', second = ''] = shop.orders;
  const done = await writeCity(shop, first, 'Reno');
  const waiting = await proposeCity(shop, second, 'Elko');
  const change = new Change(page);
  await page.goto('/changes');
  await expect(new Changes(page).table).toBeVisible();
  await axe();
  await change.open(done);
  await change.undo.click();
  await expect(page.getByRole('heading', { name: 'Undo this change?' })).toBeVisible();
  await page.getByText('Show as JSON').click();
  await axe();
  await change.open(waiting);
  await page.locator('.deny summary').click();
  await axe();
  await page.goto('/approvals');
  await page.locator('.deny summary').click();
  await axe();
  await new Shell(page).stopWrites('Night');
  await expect(new Shell(page).stopped).toBeVisible();
  await page.locator('.confirm summary').click();
  await axe();
  await page.goto('/keys');
  await axe();
  await new Keys(page).open('Writer');
  for (const summary of await page.locator('.ticks summary').all()) await summary.click();
  await axe();
  await new Shell(page).openNav();
  await page.getByRole('button', { name: 'Stop writes', exact: true }).click();
  await axe();
});

test('a new key, while it is shown and while it waits for its first call', async ({ page, axe, workspace }) => {
  expect(workspace.name).not.toBe('');
  const keys = new Keys(page);
  await keys.fill('Claude', 'Look');
  await keys.make.click();
  await expect(keys.gate).toBeVisible();
  await axe();
  await keys.saved();
  await expect(page.getByText('Waiting for the first call of this key.')).toBeVisible();
  await axe();
});

test('the console, with everything open', async ({ page, axe, app, workspace }) => {
  const shop = await openShop(app, workspace.name);
  const console = new Console(page);
  await console.open('orders_get');
  await console.field('order_id').fill(shop.orders[0] ?? '');
  await console.run.click();
  await expect(console.status).toContainText('answered in');
  await page.getByRole('button', { name: 'New call' }).click();
  await console.copyAs('curl');
  await axe();
  await console.calls.locator('.tab').first().click();
  for (const view of ['JSON', 'Upstream calls', 'As the assistant sees it'] as const) {
    await console.showResult(view);
    await axe();
  }
  await console.open('orders_add_items');
  await page.getByRole('button', { name: 'Add to items' }).click();
  await axe();
  await console.showAs('JSON');
  await console.json.fill('{\n  "order": 1\n}');
  await expect(console.faults).toContainText('Line 2');
  await axe();
  await console.open('orders_delete');
  await console.field('order_id').fill('99999999');
  await console.dryRun.click();
  await expect(console.result.getByRole('alert')).toBeVisible();
  await axe();
});

test.describe('errors', () => {
  test.use({ expectedProblems: [/status of (401|404)/] });

  test('a refused sign-in, a missing page, a missing store', async ({ page, axe, workspace }) => {
    expect(workspace.name).not.toBe('');
    await page.goto('/login');
    await new Login(page).signIn('nonsense');
    await expect(page.locator('[aria-invalid=true]')).toBeVisible();
    await axe();
    await page.goto('/nowhere');
    await axe();
    await page.goto('/stores/nonsense');
    await axe();
  });
});
