// A workspace of one test's own: what it adds and removes, no other test sees.
import { test as base, expect, signIn, type App } from './fixtures';

export type Workspace = { name: string; masterKey: string };

let made = 0;

export const test = base.extend<{ workspace: Workspace; workspaceName: string }>({
  workspaceName: ['', { option: true }],
  workspace: async ({ app, page, workspaceName, javaScriptEnabled }, use, info) => {
    made += 1;
    const name = workspaceName || `test ${info.project.name} ${info.parallelIndex}-${made}`;
    const masterKey = app.command(['tenant', 'create', name]);
    await signIn(page, { ...app, masterKey } as App, { javaScript: javaScriptEnabled !== false });
    await use({ name, masterKey });
  },
});

export { expect };
