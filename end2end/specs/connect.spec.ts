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
