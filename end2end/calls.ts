// Tool calls as an assistant makes them, for pages that show what was called.
import { expect } from '@playwright/test';
import type { App, Page } from './fixtures';

/** A tool's answer as data; its text when the tool refused. */
type Answer = Record<string, any>;
export type Call = (tool: string, args: object) => Promise<Answer>;

/** Gives a function that calls tools for a workspace, with a key of its own. */
export function assistant(app: App, tenant: string, access: 'read' | 'propose' | 'write' = 'read', name = 'Assistant'): Call {
  const key = app.command(['key', 'create', '--tenant', tenant, '--kind', 'api', '--access', access, '--name', name]);
  return async (tool, args) => {
    const response = await callWith(app, key, tool, args);
    expect(response.status).toBe(200);
    const { result } = await response.json();
    return result.isError ? { error: result.content[0].text } : result.structuredContent;
  };
}

/** One call with a key, whatever comes of it. */
export function callWith(app: App, key: string, tool: string, args: object): Promise<Response> {
  return fetch(`${app.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': '2025-06-18',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } }),
  });
}

/** Loads the dashboard anew until it has figures: calls are written in batches, and only those of tools are counted. */
export async function openDashboardWithCalls(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Calls per hour' })).toBeVisible({ timeout: 1_000 });
  }).toPass();
}
