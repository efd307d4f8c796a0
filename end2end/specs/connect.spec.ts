import { manyKeys } from '../many';
import { expect, test } from '../workspace';

const CLIENTS = ['Claude Code', 'Claude Desktop', 'Cursor', 'VS Code', 'mcp-remote', 'curl'];

test('every client has a configuration with this server\'s address', async ({ page, workspace }) => {
  await page.goto('/connect');
  await page.getByText('Or make one on the server').click();
  await expect(page.getByText(`--tenant '${workspace.name}' --kind api`)).toBeVisible();
  const tabs = page.getByRole('navigation', { name: 'Client' });
  for (const client of CLIENTS) {
    await tabs.getByRole('link', { name: client }).click();
    const code = page.getByRole('region', { name: `the configuration for ${client}` });
    await expect(code).toContainText('/mcp');
    await expect(page.locator('main')).toContainText('odm_ak_');
    const text = (await code.textContent()) ?? '';
    if (text.startsWith('{')) expect(() => JSON.parse(text)).not.toThrow();
  }
});

test('a tab can be linked to', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  await page.goto('/connect?client=vs-code');
  await expect(page.getByRole('region', { name: 'the configuration for VS Code' })).toContainText('promptString');
});

test('a configuration is copied whole', async ({ page, workspace, context }) => {
  expect(workspace.name).not.toBe('');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/connect?client=cursor');
  const code = page.getByRole('region', { name: 'the configuration for Cursor' });
  await page.getByRole('button', { name: 'Copy the configuration for Cursor' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await code.textContent());
});

test('where the browser gives no clipboard, the text is selected', async ({ page, workspace }) => {
  expect(workspace.name).not.toBe('');
  // As over plain HTTP.
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }));
  await page.goto('/connect?client=cursor');
  await page.getByRole('button', { name: 'Copy the configuration for Cursor' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'press Ctrl+C' })).toHaveCount(1);
  const code = page.getByRole('region', { name: 'the configuration for Cursor' });
  expect(await page.evaluate(() => String(getSelection()))).toBe(await code.textContent());
});

test('keys that were made are listed without their secret', async ({ page, workspace, app }) => {
  const key = app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read']);
  await page.goto('/connect');
  await expect(page.getByRole('table', { name: /API keys/ })).toContainText('read');
  expect(await page.content()).not.toContain(key);
});

test('many keys come in pages, and each can be chosen', async ({ page, workspace, app }) => {
  app.command(['key', 'create', '--tenant', workspace.name, '--kind', 'api', '--access', 'read', '--name', 'First']);
  manyKeys(app, workspace.name, 120);
  const keys = page.getByRole('table', { name: /API keys/ });
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await page.goto('/connect');
  await expect(pages).toContainText('Page 1 of 2');
  await expect(keys.getByRole('row')).toHaveCount(51);
  await expect(keys.getByRole('row').nth(1)).toContainText('First');
  await pages.getByRole('link', { name: 'Next page' }).click();
  await expect(pages).toContainText('Page 2 of 2');
  await expect(page).toHaveURL('/connect?page=2');
  // Neither the master key nor those that were revoked.
  await expect(keys.getByRole('row')).toHaveCount(31);
  await expect(keys.getByRole('row').nth(1)).toContainText('Key 0074');
  await page.goto('/connect?page=99');
  await expect(pages).toContainText('Page 2 of 2');
  await pages.getByRole('link', { name: 'Previous page' }).click();
  await expect(pages).toContainText('Page 1 of 2');
  await expect(page).toHaveURL('/connect');
  await page.goBack();
  await expect(pages).toContainText('Page 2 of 2');
  await keys.getByRole('link', { name: 'Key 0118', exact: true }).click();
  await expect(page).toHaveURL(/\/connect\?key=/);
  await expect(page.getByText('Waiting for the first call of this key.')).toBeVisible();
  await expect(page.locator('main')).toContainText('Key 0118');
  await expect(keys).toHaveCount(0);
  await expect(pages).toHaveCount(0);
});
