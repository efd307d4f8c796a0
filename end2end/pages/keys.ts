// The pages about keys.
import type { Locator, Page } from '@playwright/test';

export class Keys {
  readonly form: Locator;
  readonly save: Locator;

  constructor(readonly page: Page) {
    this.form = page.getByRole('region', { name: 'What this key may change' });
    this.save = page.getByRole('button', { name: 'Save the limits' });
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  async open(name: string): Promise<void> {
    await this.page.goto('/keys');
    await this.row(name).getByRole('link').click();
    await this.form.waitFor();
  }
}
