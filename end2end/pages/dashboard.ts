// The first page.
import type { Locator, Page } from '@playwright/test';

export class Dashboard {
  readonly steps: Locator;
  readonly needs: Locator;
  readonly impact: Locator;
  readonly health: Locator;
  readonly ranges: Locator;

  constructor(readonly page: Page) {
    this.steps = page.getByRole('region', { name: 'First steps' });
    this.needs = page.getByRole('region', { name: 'Needs you' });
    this.impact = page.getByRole('region', { name: 'Impact', exact: true });
    this.health = page.getByRole('region', { name: 'Health' });
    this.ranges = page.getByRole('navigation', { name: 'Range' });
  }

  /** The value of a figure. */
  figure(label: string): Locator {
    const stat = this.page.locator('.stat').filter({ has: this.page.getByText(label, { exact: true }) });
    return stat.locator('.stat-value');
  }
}
