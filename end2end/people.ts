// People of a test's workspace, made at the command line.
import type { App } from './fixtures';

export const PASSWORD = 'correct horse battery';

let made = 0;

/** Makes somebody who signs in with an address of their own and `PASSWORD`. */
export function addPerson(app: App, tenant: string, name: string, role: string, options: string[] = []): string {
  made += 1;
  const email = `${name.toLowerCase()}-${process.pid}-${made}@example.com`;
  app.command(['user', 'create', '--tenant', tenant, '--email', email, '--name', name, '--role', role, ...options], PASSWORD);
  return email;
}
