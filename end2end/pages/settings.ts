// The settings of whoever is signed in.
import type { Locator, Page } from '@playwright/test';

export class Settings {
  readonly browsers: Locator;
  readonly name: Locator;
  readonly password: Locator;
  readonly newPassword: Locator;

  constructor(readonly page: Page) {
    this.browsers = page.getByRole('region', { name: 'Browsers' }).getByRole('listitem');
    this.name = page.getByLabel('Name', { exact: true });
    this.password = page.getByLabel('Present password', { exact: true });
    this.newPassword = page.getByLabel('New password', { exact: true });
  }

  async changePassword(present: string, next: string): Promise<void> {
    await this.password.fill(present);
    await this.newPassword.fill(next);
    await this.page.getByRole('button', { name: 'Change password' }).click();
  }
}
