// The frame around every signed-in page.
import type { Locator, Page } from '@playwright/test';

export class Shell {
  readonly nav: Locator;
  readonly heading: Locator;
  readonly notices: Locator;
  readonly stopped: Locator;

  constructor(readonly page: Page) {
    this.nav = page.getByRole('navigation', { name: 'Main' });
    this.heading = page.getByRole('heading', { level: 1 });
    this.notices = page.getByRole('status', { name: 'Notices' });
    this.stopped = page.getByText('Writes are stopped: nothing is changed');
  }

  /** Opens the drawer where the navigation is one. */
  async openNav(): Promise<void> {
    const opener = this.page.getByRole('button', { name: 'Open navigation' });
    // The frame may still be on its way, after a sign-in.
    await opener.or(this.nav).filter({ visible: true }).first().waitFor();
    if (await opener.isVisible()) await opener.click();
  }

  async goTo(name: 'Dashboard' | 'Approvals' | 'Changes' | 'Stores' | 'Console' | 'Keys' | 'Connect'): Promise<void> {
    await this.openNav();
    await this.nav.getByRole('link', { name }).click();
  }

  /** Stops all writes with the switch that is on every page. */
  async stopWrites(reason: string): Promise<void> {
    await this.openNav();
    await this.page.getByRole('button', { name: 'Stop writes', exact: true }).click();
    const panel = this.page.getByRole('dialog', { name: 'Stop all writes' });
    await panel.getByLabel('Reason').fill(reason);
    await panel.getByRole('button', { name: 'Stop all writes' }).click();
  }

  async signOut(): Promise<void> {
    await this.openNav();
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await this.page.waitForURL('**/login');
  }
}
