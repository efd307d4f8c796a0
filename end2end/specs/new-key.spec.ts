// Keys that are made, shown once, rotated, and kept to their addresses.
import { readFileSync } from 'node:fs';
import { callWith } from '../calls';
import { Keys } from '../pages/keys';
import { Shell } from '../pages/shell';
import { expect, test } from '../workspace';

test.beforeEach(({ workspace }) => {
  expect(workspace.masterKey).toMatch(/^odm_mk_/);
});

test('a key is made with all its limits, shown once, and connects', async ({ page, app }) => {
  const keys = new Keys(page);
  await keys.fill('Claude on the desk', 'Look');
  await page.getByLabel('Ends after this day').fill('2099-12-31');
  await page.getByLabel(/^Changes/).fill('5');
  await page.getByLabel('Only these', { exact: true }).first().check();
  await page.getByText('Choose the tools').click();
  await page.getByLabel('List stores', { exact: true }).last().check();
  await page.getByLabel('Only from these addresses').fill('127.0.0.1 10.1.2.3/8');
  await keys.make.click();

  await expect(keys.gate).toBeVisible();
  await expect(page).toHaveURL(/\/keys\/[0-9a-z]{26}\/made$/);
  const secret = await keys.secret();
  expect(secret).toMatch(/^odm_ak_[0-9a-z]{26}_/);
  // Nothing behind it can be reached, and it does not go away by itself.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(keys.gate).toBeVisible();
  const file = page.waitForEvent('download');
  await keys.gate.getByRole('button', { name: 'Download as a file' }).click();
  const saved = await file;
  expect(saved.suggestedFilename()).toMatch(/^orderdesk-mcp-odm_ak_.*\.txt$/);
  expect(saved.url()).not.toContain(secret);
  expect(readFileSync(await saved.path(), 'utf8')).toContain(secret);

  const made = new URL(page.url()).pathname;
  expect(await keys.saved()).toBe(secret);
  await expect(page).toHaveURL(/\/connect\?key=[0-9a-z]{26}$/);
  await expect(page.getByText('Waiting for the first call of this key.')).toBeVisible();
  const call = await callWith(app, secret, 'stores_list', {});
  expect(call.status).toBe(200);
  await expect(page.getByText('Connected.')).toBeVisible();

  await page.goto(made);
  await expect(page.getByText('This key is not shown any more')).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  await page.getByRole('link', { name: 'page' }).click();
  await expect(page.getByLabel('Only from these addresses')).toHaveValue('10.0.0.0/8 127.0.0.1');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('2100-01-01 00:00 UTC');
});

test('a key that is not saved yet outlives a reload, and leaving is asked about', async ({ page }) => {
  const keys = new Keys(page);
  await keys.fill('Reloaded', 'Propose');
  await keys.make.click();
  await expect(keys.gate).toBeVisible();
  const secret = await keys.secret();
  const asked = page.waitForEvent('dialog');
  const reload = page.reload();
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.accept();
  await reload;
  await expect(keys.gate).toBeVisible();
  expect(await keys.saved()).toBe(secret);
});

test.describe('refused', () => {
  test.use({ expectedProblems: [/status of (403|422)/] });

  test('what cannot be a limit stands at its field, and what was typed stays', async ({ page }) => {
    const keys = new Keys(page);
    await keys.fill('Bad network', 'Look');
    const addresses = page.getByLabel('Only from these addresses');
    await addresses.fill('home');
    await keys.make.click();
    await expect(addresses).toHaveAccessibleDescription(/must be addresses such as/);
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Bad network');
    await addresses.fill('');
    await page.getByLabel('Ends after this day').fill('2020-01-01');
    await keys.make.click();
    await expect(page.getByRole('alert')).toContainText('already have expired');
    await page.goto('/keys');
    await expect(page.getByRole('row')).toHaveCount(2);
  });

  test('nobody shuts themselves out', async ({ page }) => {
    const keys = new Keys(page);
    await keys.open('Owner');
    const addresses = page.getByLabel('Only from these addresses');
    await addresses.fill('203.0.113.0/24');
    await keys.save.click();
    await expect(addresses).toHaveAccessibleDescription(/127\.0\.0\.1, which is not among these/);
  });
});

test('a key is refused from elsewhere and the call is recorded', async ({ page, app }) => {
  const keys = new Keys(page);
  await keys.fill('Far away', 'Look');
  await page.getByLabel('Only from these addresses').fill('203.0.113.0/24');
  await keys.make.click();
  await expect(keys.gate).toBeVisible();
  const refused = await callWith(app, await keys.saved(), 'stores_list', {});
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('may not be used from the address 127.0.0.1');
});

test('a new key takes over, and both work for a day', async ({ page, app, workspace }) => {
  const old = app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read', '--name', 'Rotated']);
  const keys = new Keys(page);
  await keys.open('Rotated');
  await keys.rotation.getByRole('button', { name: 'Rotate key' }).click();
  await expect(keys.gate).toBeVisible();
  const fresh = await keys.saved();
  for (const key of [old, fresh]) {
    expect((await callWith(app, key, 'stores_list', {})).status).toBe(200);
  }
  await page.goto('/keys');
  await expect(page.getByRole('row').filter({ hasText: 'Rotated' })).toHaveCount(2);
  await page.getByRole('row').filter({ hasText: 'Replaced' }).getByRole('link').click();
  await expect(page.getByText('A new key has taken over from this one. This one still works until')).toBeVisible();
  await expect(keys.rotation).toHaveCount(0);
  await page.getByRole('link', { name: 'Show the new key' }).click();
  await expect(page.getByText('It took over from another key.')).toBeVisible();
});

test('a key ends at once when it is rotated without overlap', async ({ page, app, workspace }) => {
  const old = app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read', '--name', 'Leaked']);
  expect((await callWith(app, old, 'stores_list', {})).status).toBe(200);
  const keys = new Keys(page);
  await keys.open('Leaked');
  await keys.rotation.getByLabel('The old key ends').selectOption('at once');
  await keys.rotation.getByRole('button', { name: 'Rotate key' }).click();
  await expect(keys.gate).toBeVisible();
  expect((await callWith(app, old, 'stores_list', {})).status).toBe(401);
  await keys.saved();
});

test('of two tabs that rotate one key, the second is told', async ({ page, app, workspace, context }) => {
  app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read', '--name', 'Shared']);
  const keys = new Keys(page);
  await keys.open('Shared');
  const other = await context.newPage();
  await other.goto(page.url());
  await other.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  await keys.rotation.getByRole('button', { name: 'Rotate key' }).click();
  await expect(keys.gate).toBeVisible();
  await new Keys(other).rotation.getByRole('button', { name: 'Rotate key' }).click();
  await expect(other.getByRole('alert')).toContainText('was replaced already');
  await keys.saved();
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, expectedProblems: [/\.js csp$|was preloaded using link preload but not used/] });

  test('a key is made, shown, and said to be saved', async ({ page, app }) => {
    const keys = new Keys(page);
    await keys.fill('Plain', 'Look');
    await keys.make.click();
    const secret = await keys.saved();
    expect((await callWith(app, secret, 'stores_list', {})).status).toBe(200);
    expect(page.url()).not.toContain(secret);
    await expect(page).toHaveURL(/\/connect\?key=/);
    await page.goBack();
    await page.reload();
    await expect(keys.gate).toHaveCount(0);
  });

  test('what was refused says why and keeps what was typed', async ({ page }) => {
    const keys = new Keys(page);
    await keys.fill('Bad network', 'Look');
    await page.getByLabel('Only from these addresses').fill('home');
    await page.getByRole('radio', { name: 'Only these' }).check();
    await page.getByText('Choose the tools').click();
    const tools = page.locator('input[name="policy[tools][]"]');
    await tools.first().check();
    await page.getByLabel('Within').selectOption('10080');
    await page.getByLabel('Deleting an order').uncheck();
    await keys.make.click();
    await expect(page.getByLabel('Only from these addresses')).toHaveAccessibleDescription(/must be addresses such as/);
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Bad network');
    await expect(page.getByRole('radio', { name: 'Look' })).toBeChecked();
    await expect(new Shell(page).heading).toHaveText('Make a key');
    // Sent again as it stands, it would limit the key as it was meant.
    await expect(page.getByRole('radio', { name: 'Only these' })).toBeChecked();
    await expect(tools.first()).toBeChecked();
    await expect(page.getByLabel('Within')).toHaveValue('10080');
    await expect(page.getByLabel('Deleting an order')).not.toBeChecked();
    await expect(page.getByLabel('Only from these addresses')).toHaveValue('home');
  });
});
