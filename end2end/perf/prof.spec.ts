import { TENANT } from '../app';
import { assistant } from '../calls';
import { test } from '../fixtures';
import { hydratedAfter, inFreshPage } from '../speed';
test.beforeAll(async ({ app }) => {
  app.command(['store', 'add', '--tenant', TENANT, '--store-id', 'sandbox', '--name', 'Sandbox'], 'sandbox');
  const call = assistant(app, TENANT);
  for (let page = 1; page <= 12; page += 1) await call('orders_list', { store_identifier: 'Sandbox', limit: page });
});
test('prof', async ({ app, browser, session }) => {
  test.setTimeout(120000);
  for (const [name, path] of Object.entries({ login: '/login', dash: '/' }))
  for (let run = 0; run < 3; run += 1) {
    await inFreshPage(browser, path === '/login' ? undefined : session, 4, async (page) => {
      await browser.startTracing(page, { path: `/tmp/prof-${name}-${run}.json`, categories: ['devtools.timeline', 'v8', 'disabled-by-default-v8.cpu_profiler', 'blink.user_timing', 'loading', 'v8.wasm', 'disabled-by-default-v8.wasm.detailed'] });
      console.log(name, await hydratedAfter(page, app.url + path));
      await browser.stopTracing();
    });
  }
});
