// Scheduled exports of recorded calls: made, changed, switched off and removed; also without script.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Exports, Traces } from '../pages/traces';
import { expect, test } from '../workspace';

const SECRET = 'a-secret-of-the-bucket';

interface Service {
  url: string;
  /** What was put there, by its path. */
  paths: string[];
  /** All that was sent there. */
  sent: string[];
  close: () => void;
}

/** A service of buckets that answers every request with this status, and ends with the test. */
async function service(status: 200 | 403): Promise<Service> {
  const [paths, sent]: [string[], string[]] = [[], []];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('latin1')));
    request.on('end', () => {
      if (request.method === 'PUT') paths.push(request.url ?? '');
      sent.push(`${request.url ?? ''}\n${JSON.stringify(request.headers)}\n${body}`);
      answer.writeHead(status, { etag: '"1"' });
      answer.end(status === 200 ? '' : '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, paths, sent, close: () => server.close() };
}

test('an export into a folder is made, changed, switched off and removed', async ({ page, workspace, axe }) => {
  expect(workspace.name).not.toBe('');
  const exports = new Exports(page);
  await new Traces(page).open('', 0);
  await page.getByRole('link', { name: 'Exports', exact: true }).click();
  await expect(exports.own).toContainText('There are none yet.');
  await axe();

  await exports.make('Warehouse', 'status:error');
  await expect(page.getByText('The export is added.')).toBeVisible();
  const warehouse = exports.one('Warehouse');
  await expect(warehouse).toContainText('Every hour, as JSON lines, the calls of status:error');
  await expect(warehouse).toContainText('Into the folder');
  await expect(warehouse).toContainText('On');
  await expect(warehouse).toContainText('No file is written yet.');
  await axe();
  await warehouse.getByRole('link', { name: 'status:error' }).click();
  await expect(new Traces(page).query).toHaveValue('status:error');

  await exports.open();
  await exports.make('Second line');
  await expect(exports.one('Second line')).toContainText('Every hour, all calls as JSON lines.');
  await exports.make('Second line');
  await expect(exports.add.getByRole('alert')).toBeVisible();
  await expect(exports.add.getByLabel('Name', { exact: true })).toHaveValue('Second line');
  await expect(exports.add.getByRole('radio', { name: 'Every hour' })).toBeChecked();
  await axe();
  await exports.rename('Warehouse', 'Second line');
  await expect(exports.one('Warehouse').getByRole('alert')).toBeVisible();
  await exports.one('Warehouse').getByLabel('Name', { exact: true }).fill('Lakehouse');
  await exports.one('Warehouse').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The export is changed.')).toBeVisible();
  await expect(exports.one('Warehouse')).toHaveCount(0);

  const one = exports.one('Lakehouse');
  await one.getByRole('button', { name: 'Switch off' }).click();
  await expect(one).toContainText('Off');
  await expect(one).not.toContainText('The next file is written at');
  await one.getByRole('button', { name: 'Switch on' }).click();
  await expect(one.getByRole('button', { name: 'Switch off' })).toBeVisible();
  await page.setViewportSize({ width: 360, height: 800 });
  await one.getByText('Change', { exact: true }).click();
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(isWide).toBe(false);
  await axe();
  await one.getByRole('button', { name: 'Remove' }).click();
  await expect(one).toHaveCount(0);
  await exports.one('Second line').getByRole('button', { name: 'Remove' }).click();
  await expect(exports.own).toContainText('There are none yet.');
});

test('an export into a bucket is kept once the bucket can be written, and its secret is told to nobody', async ({ page, workspace, axe }) => {
  expect(workspace.name).not.toBe('');
  const exports = new Exports(page);
  const [open, shut] = [await service(200), await service(403)];
  const bucket = { endpoint: shut.url, name: 'calls', prefix: 'mine/here', secret: SECRET };
  await exports.open();
  await exports.make('Lakehouse', '', bucket);
  await expect(exports.add.getByRole('alert')).toHaveText(/\w.*\.$/);
  expect(shut.paths.length).toBeGreaterThan(0);
  await expect(exports.own).toContainText('There are none yet.');
  await expect(exports.add.getByLabel('Address of the service')).toHaveValue(shut.url);
  await expect(exports.secret).toHaveValue('');
  expect(await page.content()).not.toContain(SECRET);
  await axe();

  await exports.make('Lakehouse', '', { ...bucket, endpoint: open.url });
  const one = exports.one('Lakehouse');
  await expect(one).toContainText(`Into the bucket calls at ${open.url}`);
  await expect(one).toContainText('mine/here');
  expect(open.paths.filter((path) => path.startsWith('/calls/mine/here/'))).not.toEqual([]);
  expect(await page.content()).not.toContain(SECRET);

  // Blank, the secret is the one that is known.
  const puts = open.paths.length;
  await exports.rename('Lakehouse', 'Bay');
  await expect(exports.one('Bay')).toContainText('Into the bucket calls');
  expect(open.paths.length).toBeGreaterThan(puts);
  // For another service it is not.
  await exports.one('Bay').getByText('Change', { exact: true }).click();
  await exports.one('Bay').getByLabel('Address of the service').fill(shut.url);
  await exports.one('Bay').getByRole('button', { name: 'Save' }).click();
  await expect(exports.one('Bay').getByRole('alert')).toBeVisible();
  await axe();
  expect([...open.sent, ...shut.sent].filter((sent) => sent.includes(SECRET))).toEqual([]);
  open.close();
  shut.close();
});

test.describe('without script', () => {
  // As in nojs.spec.ts.
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('an export is made, changed and removed', async ({ page, workspace }) => {
    expect(workspace.name).not.toBe('');
    const exports = new Exports(page);
    await exports.open();
    await exports.make('Warehouse');
    await expect(exports.one('Warehouse')).toContainText('Every hour, all calls as JSON lines.');
    await exports.rename('Warehouse', 'Lakehouse');
    await exports.one('Lakehouse').getByRole('button', { name: 'Switch off' }).click();
    await expect(exports.one('Lakehouse')).toContainText('Off');
    await exports.one('Lakehouse').getByRole('button', { name: 'Remove' }).click();
    await expect(exports.own).toContainText('There are none yet.');
  });
});
