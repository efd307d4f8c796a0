import { test } from '../fixtures';
import { hydratedAfter, inFreshPage, SLOWED_DOWN } from '../speed';
import { assistant } from '../calls';
import { TENANT } from '../app';
import { writeFileSync } from 'node:fs';
test.beforeAll(async ({ app }) => {
  app.command(['store', 'add', '--tenant', TENANT, '--store-id', 'sandbox', '--name', 'Sandbox'], 'sandbox');
  const call = assistant(app, TENANT);
  for (let page = 1; page <= 12; page += 1) await call('orders_list', { store_identifier: 'Sandbox', limit: page });
});
for (const [name, path] of [['login', '/login'], ['dashboard', '/']] as const) {
  test(`trace ${name}`, async ({ app, browser, session }) => {
    test.setTimeout(120000);
    for (let run = 0; run < 3; run += 1) {
      const cookies = path === '/login' ? undefined : session;
      const t = await inFreshPage(browser, cookies, SLOWED_DOWN, async (page) => {
        if (run === 2) await browser.startTracing(page, { categories: ['devtools.timeline', 'v8', 'v8.wasm', 'disabled-by-default-v8.wasm.detailed', 'disabled-by-default-v8.wasm.turbofan', 'blink', 'cc', 'loading', 'toplevel', 'blink.user_timing', 'disabled-by-default-v8.cpu_profiler'] });
        const at = await hydratedAfter(page, app.url + path);
        if (run === 2) writeFileSync(`/tmp/trace-${name}.json`, await browser.stopTracing());
        return at;
      });
      console.log(name, run, t);
    }
  });
}
