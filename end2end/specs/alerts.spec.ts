// Alerts on recorded calls: made, fired by calls, sent, switched off and removed; also without script.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Alerts, Traces } from '../pages/traces';
import { openShop, SHOP } from '../shop';
import { expect, test } from '../workspace';

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Hears webhooks, and ends with the test. */
async function receiver(): Promise<{ url: string; heard: Heard[]; close: () => void }> {
  const heard: Heard[] = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      answer.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, heard, close: () => server.close() };
}

test('an alert is made of a query, fires by calls, is sent, switched off and removed', async ({ page, app, workspace, axe }) => {
  const shop = await openShop(app, workspace.name);
  const traces = new Traces(page);
  const alerts = new Alerts(page);
  const hook = await receiver();
  await traces.open('status:error', 0);
  await page.getByText('Save or change views').click();
  await page.getByRole('link', { name: 'Alert me of this' }).click();
  await expect(alerts.add.getByLabel('Query of calls')).toHaveValue('status:error');
  await expect(alerts.own).toContainText('There are none yet.');
  await expect(alerts.fired).toContainText('No alert has fired.');
  await axe();

  await alerts.make('Errors', 'tool:', '2', hook.url);
  await expect(alerts.add.getByRole('alert')).toBeVisible();
  await expect(alerts.add.getByLabel('Name')).toHaveValue('Errors');
  await axe();
  await alerts.make('Errors', 'status:error tool:orders_get', '2', hook.url);
  const secret = (await alerts.secret.locator('code').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await axe();
  await page.reload();
  await expect(alerts.secret).toHaveCount(0);
  await expect(alerts.one('Errors')).toContainText('It is sent to 127.0.0.1:');

  for (const order of ['CANARY-1', 'CANARY-2']) {
    await shop.write('orders_get', { store_identifier: SHOP, order_id: order });
  }
  await expect(async () => {
    await page.reload();
    await expect(alerts.fired.getByRole('row').filter({ hasText: 'Errors' })).toContainText('Sent', { timeout: 500 });
  }).toPass();
  await expect(alerts.one('Errors')).toContainText('Fires now');
  await axe();
  const [{ headers, body } = { headers: {}, body: '' }] = hook.heard;
  expect(body).toContain('alert.fired');
  expect(body).not.toContain('CANARY');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);

  await alerts.one('Errors').getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('A test was sent, and it was answered with success.')).toBeVisible();
  expect(hook.heard.at(-1)?.body).toContain('alert.test');
  await alerts.one('Errors').getByRole('button', { name: 'Send nowhere' }).click();
  await expect(alerts.one('Errors')).toContainText('It is shown here and sent nowhere.');
  await page.goto('/');
  await page.getByRole('link', { name: '1 alert fires' }).click();
  await alerts.one('Errors').getByRole('button', { name: 'Switch off' }).click();
  await expect(alerts.one('Errors')).toContainText('Off');
  await alerts.one('Errors').getByRole('button', { name: 'Remove' }).click();
  await expect(alerts.own).toContainText('There are none yet.');
  await alerts.fired.getByRole('link', { name: /2 calls within/ }).click();
  await expect(traces.rows).toHaveCount(2);
  hook.close();
});

test('ready-made alerts are there and can be switched off', async ({ page, workspace, axe }) => {
  expect(workspace.name).not.toBe('');
  const alerts = new Alerts(page);
  await page.setViewportSize({ width: 360, height: 800 });
  await alerts.open();
  for (const name of ['Error streak', 'First write at night', 'New tool for a key', 'Unusual burst']) {
    await expect(alerts.one(name)).toContainText('On');
  }
  await alerts.one('Unusual burst').getByRole('button', { name: 'Switch off' }).click();
  await expect(alerts.one('Unusual burst')).toContainText('Off');
  await expect(alerts.one('Unusual burst').getByRole('button', { name: 'Switch on' })).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wide).toBe(false);
  await axe();
});

test.describe('without script', () => {
  // As in nojs.spec.ts.
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('an alert is made, changed and removed', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const alerts = new Alerts(page);
    await alerts.open();
    await alerts.make('Rush of calls', '', '100');
    await expect(alerts.one('Rush of calls')).toContainText('It fires at 100 calls of any kind within 10 minutes.');
    await alerts.one('Rush of calls').getByText('Change', { exact: true }).click();
    await alerts.one('Rush of calls').getByLabel('Number of calls').fill('0');
    await alerts.one('Rush of calls').getByRole('button', { name: 'Save' }).click();
    await expect(alerts.one('Rush of calls').getByRole('alert')).toHaveText('An alert waits for 1 to 10000 calls.');
    await alerts.one('Rush of calls').getByLabel('Number of calls').fill('200');
    await alerts.one('Rush of calls').getByRole('button', { name: 'Save' }).click();
    await expect(alerts.one('Rush of calls')).toContainText('It fires at 200 calls');
    await alerts.one('Rush of calls').getByRole('button', { name: 'Remove' }).click();
    await expect(alerts.own).toContainText('There are none yet.');
  });
});
