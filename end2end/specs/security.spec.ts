import { expect, test } from '../workspace';
import { SANDBOX, Stores } from '../pages/stores';
import { openShop, SHOP } from '../shop';

const EVIL = '</title><script>window.__xss=1</script><img src=x onerror=window.__xss=1>';
const EVIL_LABEL = '"><svg onload=window.__xss=1></textarea>{{7*7}}';

test.describe('hostile names', () => {
  // The longest names are 80 characters.
  test.use({ workspaceName: `x</title><script>window.__xss=1</script>` });

  test('run nowhere and break no policy', async ({ page, workspace }) => {
    expect(workspace.name).toContain('<script>');
    await page.addInitScript(() => {
      (window as any).__violations = [];
      document.addEventListener('securitypolicyviolation', (event) =>
        (window as any).__violations.push(`${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    const stores = new Stores(page);
    await stores.add({ ...SANDBOX, name: EVIL.slice(0, 80), label: EVIL_LABEL.slice(0, 80) });
    const store = new URL(page.url()).pathname;
    for (const path of [store, '/', '/stores', '/stores/new', '/connect', `/stores?q=${encodeURIComponent(EVIL)}`]) {
      await page.goto(path);
      expect(await page.evaluate(() => (window as any).__xss), path).toBeUndefined();
      expect(await page.evaluate(() => (window as any).__violations), path).toEqual([]);
    }
    await page.goto(store);
    await expect(page).toHaveTitle(new RegExp('^</title><script>'));
    await page.getByRole('link', { name: 'Stores' }).first().click();
    await expect(stores.row(EVIL.slice(0, 80))).toBeVisible();
    await stores.row(EVIL.slice(0, 80)).getByRole('link').click();
    await expect(page).toHaveTitle(new RegExp('^</title><script>'));
    expect(await page.evaluate(() => (window as any).__xss)).toBeUndefined();
  });
});

test('hostile values in a change run nowhere', async ({ page, app, workspace }) => {
  await page.addInitScript(() => {
    (window as any).__violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      (window as any).__violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  const shop = await openShop(app, workspace.name);
  const [order = ''] = shop.orders;
  const receipt = await shop.propose('orders_update', {
    store_identifier: SHOP,
    order_id: order,
    changes: { shipping: { city: EVIL, company: EVIL_LABEL }, checkout_data: { [EVIL]: EVIL_LABEL } },
    reason: EVIL,
  });
  for (const path of ['/changes', `/changes/${receipt.change_id}`, '/approvals']) {
    await page.goto(path);
    expect(await page.evaluate(() => (window as any).__xss), path).toBeUndefined();
    expect(await page.evaluate(() => (window as any).__violations), path).toEqual([]);
  }
  await expect(page.locator('main')).toContainText('</title><script>');
});

test('every server function refuses strangers and everything but POST', async ({ request }) => {
  const calls = ['dashboard', 'list_stores', 'is_sandbox_offered', 'add_sandbox', 'who_am_i', 'connections', 'attention'];
  calls.push('list_changes', 'list_approvals', 'change_choices', 'list_keys');
  for (const name of calls) {
    const response = await request.post(`/api/${name}`, {
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      data: '',
    });
    expect(response.status(), name).toBe(401);
    expect((await response.json()).code, name).toBe('unauthenticated');
    expect([404, 405]).toContain((await request.get(`/api/${name}`)).status());
  }
});

test('a malformed call is refused, not an error of ours', async ({ request }) => {
  const response = await request.post('/api/get_store', {
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    data: 'nonsense=1',
  });
  expect(response.status()).toBe(422);
});

test('keys never come back to the page', async ({ page, workspace }) => {
  await new Stores(page).add({ ...SANDBOX, name: 'Main shop' });
  for (const path of [new URL(page.url()).pathname, '/', '/stores', '/connect']) {
    await page.goto(path);
    expect(await page.content(), path).not.toContain(workspace.masterKey);
  }
});
