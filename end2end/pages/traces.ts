// The pages of recorded calls: the list with its query, and one call.
import { expect, type Locator, type Page } from '@playwright/test';

export class Traces {
  readonly query: Locator;
  readonly table: Locator;
  readonly rows: Locator;
  readonly panel: Locator;
  readonly bars: Locator;
  readonly views: Locator;
  /** Shows the new calls that wait. */
  readonly waiting: Locator;
  readonly pause: Locator;
  readonly goOn: Locator;

  constructor(readonly page: Page) {
    this.waiting = page.getByRole('button', { name: /new calls?$/i });
    this.pause = page.getByRole('link', { name: 'Pause', exact: true });
    this.goOn = page.getByRole('link', { name: 'Go on', exact: true });
    this.query = page.getByRole('combobox', { name: 'Which calls' });
    this.table = page.getByRole('table', { name: 'Calls, newest first' });
    this.rows = this.table.locator('tbody tr');
    this.panel = page.locator('.trace-panel');
    this.bars = page.locator('.histogram li a');
    this.views = page.getByRole('navigation', { name: 'Views', exact: true });
  }

  /** Opens the list with a query, anew until it has at least so many calls: they are written in batches. */
  async open(query = '', least = 1): Promise<void> {
    await expect(async () => {
      await this.page.goto(query ? `/traces?q=${encodeURIComponent(query)}` : '/traces');
      expect(await this.rows.count()).toBeGreaterThanOrEqual(least);
    }).toPass();
  }

  /** Opens the list as it is kept up to date, with as many calls at least. */
  async openLive(live: '1' | 'paused' = '1', least = 1, query = ''): Promise<void> {
    await this.open(query, least);
    await this.page.goto(`/traces?${query ? `q=${encodeURIComponent(query)}&` : ''}live=${live}`);
    await this.letGo();
  }

  /** The id of the call in a row. */
  async idOf(row: number): Promise<string | null> {
    return this.rows.nth(row).getAttribute('data-call');
  }

  async ask(query: string): Promise<void> {
    await this.query.fill(query);
    await this.query.press('Enter');
    await expect(this.page).toHaveURL(query ? `/traces?q=${encodeURIComponent(query).replaceAll('%2F', '/')}` : '/traces');
  }

  view(name: string): Locator {
    return this.views.getByRole('link', { name, exact: true });
  }

  /** The name of a view of one's own, where it is changed. */
  viewName(name: string): Locator {
    return this.page.locator(`input[name="name"][value="${name}"]`);
  }

  async changeViews(): Promise<void> {
    await this.page.getByText('Save or change views').click();
  }

  async saveView(name: string): Promise<void> {
    await this.page.getByLabel('Name of the view', { exact: true }).fill(name);
    await this.page.getByRole('button', { name: 'Save view' }).click();
  }

  /** Takes pointer and focus off the list. */
  async letGo(): Promise<void> {
    await this.page.mouse.move(5, 5);
    await this.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  }

  facet(title: string): Locator {
    return this.page.locator('.facet').filter({ has: this.page.getByRole('heading', { name: title, exact: true }) });
  }

  /** The value of a facet; on narrow screens they stand above the list. */
  value(title: string, label: string | RegExp): Locator {
    return this.facet(title).locator('.facet-value').filter({ hasText: label });
  }
}

/** The page of one call. */
export class Trace {
  readonly steps: Locator;
  readonly carried: Locator;
  readonly details: Locator;
  readonly run: Locator;
  /** How it can be made again, and what can be taken away. */
  readonly again: Locator;
  readonly compare: Locator;

  constructor(readonly page: Page) {
    this.run = page.getByRole('region', { name: 'The run it belongs to' });
    this.steps = page.getByRole('table', { name: 'What happened in the call, in order' });
    this.carried = page.getByRole('region', { name: 'What it carried', exact: true });
    this.again = page.getByRole('region', { name: 'Again, and elsewhere' });
    this.compare = page.getByRole('region', { name: 'Compare' });
    this.details = page.getByRole('region', { name: 'Details' });
  }
}

/** Two calls side by side. */
export class Comparison {
  readonly details: Locator;
  readonly kinds: Locator;
  readonly requests: Locator;
  readonly carried: Locator;

  constructor(readonly page: Page) {
    this.details = page.getByRole('table', { name: 'Details of both calls' });
    this.kinds = page.getByRole('table', { name: 'Time by kind of step' });
    this.requests = page.getByRole('table', { name: 'Requests to Order Desk, in order' });
    this.carried = page.getByRole('region', { name: 'What they were asked for' });
  }

  /** The row of a detail. */
  detail(name: string): Locator {
    return this.details.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: new RegExp(`^${name}`) }) });
  }
}

/** The alerts, and what fired. */
export class Alerts {
  readonly fired: Locator;
  readonly own: Locator;
  readonly ready: Locator;
  readonly add: Locator;
  readonly secret: Locator;

  constructor(readonly page: Page) {
    this.fired = page.getByRole('region', { name: 'Fired lately' });
    this.own = page.getByRole('region', { name: 'Alerts of this workspace' });
    this.ready = page.getByRole('region', { name: 'Ready-made alerts' });
    this.add = page.getByRole('region', { name: 'New alert' });
    this.secret = page.getByRole('region', { name: 'The webhook’s secret' });
  }

  async open(): Promise<void> {
    await this.page.goto('/traces/alerts');
  }

  /** One alert with its forms. */
  one(name: string): Locator {
    return this.page.getByRole('listitem').filter({ hasText: name });
  }

  /** Fills in the form and sends it. */
  async make(name: string, query: string, calls: string, webhook = ''): Promise<void> {
    await this.add.getByLabel('Name').fill(name);
    await this.add.getByLabel('Query of calls').fill(query);
    await this.add.getByLabel('Number of calls').fill(calls);
    await this.add.getByLabel('Webhook or e-mail').fill(webhook);
    await this.add.getByRole('button', { name: 'Add alert' }).click();
  }
}

/** What the form of an export takes of a bucket. */
export interface Bucket {
  endpoint: string;
  name: string;
  prefix: string;
  secret: string;
}

/** The scheduled exports. */
export class Exports {
  readonly own: Locator;
  readonly add: Locator;

  constructor(readonly page: Page) {
    this.own = page.getByRole('region', { name: 'Exports of this workspace' });
    this.add = page.getByRole('region', { name: 'New export' });
  }

  async open(): Promise<void> {
    await this.page.goto('/traces/exports');
  }

  /** One export with its forms. */
  one(name: string): Locator {
    return this.own.getByRole('listitem').filter({ hasText: name });
  }

  /** Fills in the form for hourly files of lines of JSON, and sends it. */
  async make(name: string, query = '', bucket?: Bucket): Promise<void> {
    await this.add.getByLabel('Name', { exact: true }).fill(name);
    await this.add.getByLabel('Query of calls').fill(query);
    await this.add.getByRole('radio', { name: 'JSON lines' }).check();
    await this.add.getByRole('radio', { name: 'Every hour' }).check();
    await this.add.getByRole('radio', { name: bucket ? 'A bucket' : 'The folder of this server' }).check();
    if (bucket) {
      await this.add.getByLabel('Address of the service').fill(bucket.endpoint);
      await this.add.getByLabel('Region').fill('eu-central-1');
      await this.add.getByLabel('Name of the bucket').fill(bucket.name);
      await this.add.getByLabel('Folder in the bucket').fill(bucket.prefix);
      await this.add.getByLabel('Id of the access key').fill('AKTEST');
      await this.secret.fill(bucket.secret);
    }
    await this.add.getByRole('button', { name: 'Add export' }).click();
  }

  /** The secret of a new export's bucket. */
  get secret(): Locator {
    return this.add.getByLabel('Secret of the access key');
  }

  /** Gives an export another name. */
  async rename(name: string, to: string): Promise<void> {
    const one = this.one(name);
    await one.getByText('Change', { exact: true }).click();
    await one.getByLabel('Name', { exact: true }).fill(to);
    await one.getByRole('button', { name: 'Save' }).click();
  }
}
