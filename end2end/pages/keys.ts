// The pages about keys.
import type { Locator, Page } from '@playwright/test';

export class Keys {
  readonly form: Locator;
  readonly save: Locator;
  readonly make: Locator;
  /** Where a new key is shown, until it was said to be saved. */
  readonly gate: Locator;
  readonly rotation: Locator;

  constructor(readonly page: Page) {
    this.form = page.getByRole('region', { name: 'What this key may change' });
    this.save = page.getByRole('button', { name: 'Save the limits' });
    this.make = page.getByRole('button', { name: 'Make the key' });
    this.gate = page.getByRole('dialog', { name: 'Save this key now' });
    this.rotation = page.getByRole('region', { name: 'Rotate' });
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  /** Fills the form of a new key. */
  async fill(name: string, access: 'Look' | 'Propose' | 'Change' | 'Master key'): Promise<void> {
    await this.page.goto('/keys/new');
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByRole('radio', { name: access }).check();
  }

  /** The text of the key that is shown. */
  async secret(): Promise<string> {
    return (await this.gate.getByRole('region', { name: 'the key' }).textContent())?.trim() ?? '';
  }

  /** Says that the key is saved, and gives its text. */
  async saved(): Promise<string> {
    const secret = await this.secret();
    await this.gate.getByRole('button', { name: 'I saved it' }).click();
    await this.gate.waitFor({ state: 'detached' });
    return secret;
  }

  async open(name: string): Promise<void> {
    await this.page.goto('/keys');
    await this.row(name).getByRole('link').click();
    await this.form.waitFor();
  }
}
