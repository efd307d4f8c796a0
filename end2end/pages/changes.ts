// The pages about changes: the list, one change, and what waits for a decision.
import type { Locator, Page } from '@playwright/test';

export class Changes {
  readonly tabs: Locator;
  readonly table: Locator;

  constructor(readonly page: Page) {
    this.tabs = page.getByRole('navigation', { name: 'State' });
    this.table = page.getByRole('table', { name: 'Changes, newest first' });
  }

  row(what: string | RegExp): Locator {
    return this.table.getByRole('row').filter({ hasText: what });
  }
}

/** The page of one change. */
export class Change {
  readonly difference: Locator;
  readonly approve: Locator;
  readonly state: Locator;
  readonly undo: Locator;

  constructor(readonly page: Page) {
    this.difference = page.getByRole('table', { name: 'What changes' });
    this.approve = page.getByRole('button', { name: 'Approve and write' });
    this.state = page.locator('.page-head .badge');
    this.undo = page.getByRole('link', { name: 'Undo this change' });
  }

  async open(id: string): Promise<void> {
    await this.page.goto(`/changes/${id}`);
  }

  field(name: string): Locator {
    return this.difference.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: true }) });
  }

  async deny(reason: string): Promise<void> {
    await denyWithin(this.page.locator('main'), reason);
  }
}

export class Approvals {
  readonly cards: Locator;
  readonly count: Locator;
  readonly stops: Locator;

  constructor(readonly page: Page) {
    this.cards = page.locator('.approval');
    this.count = page.getByRole('navigation', { name: 'Main' }).locator('.nav-count');
    this.stops = page.getByRole('region', { name: 'Stop writes' });
  }

  card(reason: string): Locator {
    return this.cards.filter({ hasText: reason });
  }

  async deny(card: Locator, reason: string): Promise<void> {
    await denyWithin(card, reason);
  }
}

async function denyWithin(part: Locator, reason: string): Promise<void> {
  await part.locator('summary').filter({ hasText: 'Deny' }).click();
  await part.locator('.deny').getByLabel('Reason').fill(reason);
  await part.getByRole('button', { name: 'Deny this change' }).click();
}
