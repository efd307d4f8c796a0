// The sign-in page.
import type { Locator, Page } from '@playwright/test';

export class Login {
  readonly key: Locator;
  readonly email: Locator;
  readonly password: Locator;
  readonly submit: Locator;
  readonly alert: Locator;

  constructor(readonly page: Page) {
    this.key = page.getByLabel('Master key', { exact: true });
    this.email = page.getByLabel('E-mail', { exact: true });
    this.password = page.getByLabel('Password', { exact: true });
    this.submit = page.getByRole('button', { name: 'Sign in', exact: true });
    this.alert = page.getByRole('alert');
  }

  /** Opens the form for a master key, unless it is open. */
  async openKey(): Promise<void> {
    if (!(await this.key.isVisible())) await this.page.getByText('Sign in with a master key').click();
  }

  /** With a master key. */
  async signIn(key: string): Promise<void> {
    await this.openKey();
    await this.key.fill(key);
    await this.page.getByRole('button', { name: 'Sign in with the key' }).click();
  }

  /** With a password. */
  async signInAs(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.submit.click();
  }
}
