import { expect, test } from '../fixtures';
import { Login } from '../pages/login';
import { Shell } from '../pages/shell';

test('a master key opens the page that was asked for', async ({ page, app }) => {
  const response = await page.goto('/stores');
  expect(response?.request().redirectedFrom()).not.toBeNull();
  await expect(page).toHaveURL('/login?next=/stores');
  await new Login(page).signIn(app.masterKey);
  await expect(page).toHaveURL('/stores');
  await expect(new Shell(page).heading).toHaveText('Stores');
});

test('the redirect is a real one', async ({ request }) => {
  const response = await request.get('/stores', { maxRedirects: 0, headers: { accept: 'text/html' } });
  expect(response.status()).toBe(303);
  expect(response.headers()['location']).toBe('/login?next=/stores');
});

test.describe('refusals', () => {
  test.use({ expectedProblems: [/status of (401|403|429)/] });

  test('a mistyped key is refused beside its field, which takes the focus', async ({ page, app }) => {
    const login = new Login(page);
    await page.goto('/login');
    await login.signIn(`${app.masterKey.slice(0, -1)}${app.masterKey.endsWith('a') ? 'b' : 'a'}`);
    await expect(login.key).toHaveAccessibleDescription(/not valid/);
    await expect(login.key).toHaveAttribute('aria-invalid', 'true');
    await expect(login.key).toBeFocused();
    await expect(page).toHaveURL('/login');
  });

  test('an API key is refused and told apart', async ({ page, app }) => {
    const key = app.command(['key', 'create', '--tenant', 'e2e', '--kind', 'api', '--access', 'read']);
    const login = new Login(page);
    await page.goto('/login');
    await login.signIn(key);
    await expect(login.key).toHaveAccessibleDescription(/This is an API key/);
  });

  test('too many attempts are told when to come back', async ({ page }) => {
    await page.route('**/api/sign_in', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'retry-after': '42' },
        json: {
          code: 'rate_limited',
          message: 'Too many attempts to sign in. Try again in 42 seconds.',
          retry_after_secs: 42,
        },
      }),
    );
    const login = new Login(page);
    await page.goto('/login');
    await login.signIn('odm_mk_whatever');
    await expect(login.alert).toHaveText('Too many attempts to sign in. Try again in 42 seconds.');
  });
});

test('next leads to no other site', async ({ page, app }) => {
  await page.goto('/login?next=//evil.example/');
  await new Login(page).signIn(app.masterKey);
  await expect(page).toHaveURL('/');
});

test('an address cannot put words into our mouth', async ({ page }) => {
  const error = Buffer.from(JSON.stringify({ code: 'invalid', message: 'Call 555', field: 'master_key' }));
  await page.goto(`/login?__path=/api/sign_in&__err=${error.toString('base64url')}`);
  await expect(page.getByText('Call 555')).toHaveCount(0);
});

test('the key can be shown while it is typed', async ({ page }) => {
  const login = new Login(page);
  await page.goto('/login');
  await login.openKey();
  await login.key.fill('odm_mk_x');
  await expect(login.key).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show master key' }).click();
  await expect(login.key).toHaveAttribute('type', 'text');
});

test('signing out ends the session everywhere', async ({ page, app, request }) => {
  await page.goto('/login');
  await new Login(page).signIn(app.masterKey);
  await expect(page).toHaveURL('/');
  const cookies = await page.context().cookies();
  const signedOut = page.waitForResponse('**/api/sign_out');
  await new Shell(page).signOut();
  expect((await (await signedOut).allHeaders())['clear-site-data']).toContain('"storage"');
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const again = await request.get('/stores', { maxRedirects: 0, headers: { accept: 'text/html', cookie } });
  expect(again.status()).toBe(303);
});

test('the session id changes at sign-in', async ({ page, app }) => {
  const sessions = async () => {
    const cookies = await page.context().cookies();
    return cookies.filter(({ name }) => name.includes('session')).map(({ value }) => value);
  };
  await page.goto('/login');
  // An id that somebody else planted, after the page that would have taken it away.
  await page.context().addCookies([{ name: 'orderdesk_session', value: 'AAAAAAAAAAAAAAAAAAAAAA', url: app.url }]);
  const before = await sessions();
  expect(before).toHaveLength(1);
  await new Login(page).signIn(app.masterKey);
  await expect(page).toHaveURL('/');
  const after = await sessions();
  expect(after).toHaveLength(1);
  expect(before).not.toContain(after[0]);
});
