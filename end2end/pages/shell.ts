// The frame around every signed-in page.
import type { Locator, Page } from '@playwright/test';

export class Shell {
  readonly nav: Locator;
  readonly heading: Locator;
  readonly notices: Locator;

  constructor(readonly page: Page) {
    this.nav = page.getByRole('navigation', { name: 'Main' });
    this.heading = page.getByRole('heading', { level: 1 });
    this.notices = page.getByRole('status', { name: 'Notices' });
  }

  /** Opens the drawer where the navigation is one. */
  async openNav(): Promise<void> {
    const opener = this.page.getByRole('button', { name: 'Open navigation' });
    // The frame may still be on its way, after a sign-in.
    await opener.or(this.nav).filter({ visible: true }).first().waitFor();
    if (await opener.isVisible()) await opener.click();
  }

  async goTo(name: 'Dashboard' | 'Stores' | 'Connect'): Promise<void> {
    await this.openNav();
    await this.nav.getByRole('link', { name }).click();
  }

  async signOut(): Promise<void> {
    await this.openNav();
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await this.page.waitForURL('**/login');
  }
}
