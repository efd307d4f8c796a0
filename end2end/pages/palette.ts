// The command palette and the sheet of shortcuts, which open above every signed-in page.
import type { Locator, Page } from '@playwright/test';

export class Palette {
  readonly dialog: Locator;
  readonly field: Locator;
  readonly lines: Locator;
  readonly status: Locator;
  readonly sheet: Locator;
  readonly letters: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: 'Search and go' });
    this.field = this.dialog.getByRole('combobox');
    this.lines = this.dialog.getByRole('option');
    this.status = this.dialog.getByRole('status');
    this.sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    this.letters = this.sheet.getByRole('checkbox');
  }

  /** The line that Enter takes. */
  get chosen(): Locator {
    return this.dialog.getByRole('option', { selected: true });
  }

  line(name: string | RegExp): Locator {
    return this.dialog.getByRole('option', { name });
  }

  async open(): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.field.waitFor();
  }

  async openSheet(): Promise<void> {
    await this.page.keyboard.press('?');
    await this.sheet.waitFor();
  }
}
