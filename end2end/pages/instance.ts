// The workspaces of the server.
import type { Locator, Page } from '@playwright/test';

export class Instance {
  constructor(readonly page: Page) {}

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: true }) });
  }
}
