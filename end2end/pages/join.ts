// The page where an invitation is accepted.
import type { Locator, Page } from '@playwright/test';

export class Join {
  readonly code: Locator;
  readonly name: Locator;
  readonly password: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.code = page.getByLabel('Code', { exact: true });
    this.name = page.getByLabel(/^Your name/);
    this.password = page.getByLabel('Password', { exact: true });
    this.submit = page.getByRole('button', { name: 'Join' });
  }

  async joinAs(code: string, name: string, password: string): Promise<void> {
    await this.code.fill(code);
    await this.name.fill(name);
    await this.password.fill(password);
    await this.submit.click();
  }
}
