// The console: tools called by hand.
import type { Locator, Page } from '@playwright/test';

export class Console {
  readonly call: Locator;
  readonly result: Locator;
  readonly status: Locator;
  readonly json: Locator;
  readonly faults: Locator;
  readonly run: Locator;
  readonly dryRun: Locator;
  readonly confirm: Locator;
  readonly calls: Locator;
  readonly snippet: Locator;

  constructor(readonly page: Page) {
    this.call = page.locator('.console-call');
    this.result = page.getByRole('region', { name: 'Result', exact: true });
    this.status = page.locator('#console-status');
    this.json = page.getByLabel('Arguments as JSON');
    this.faults = page.locator('#json-faults');
    this.run = page.getByRole('button', { name: 'Run', exact: true });
    this.dryRun = page.getByRole('button', { name: 'Dry run', exact: true });
    this.confirm = page.getByLabel('Name of the tool');
    this.calls = page.getByRole('list', { name: 'Calls' });
    this.snippet = page.locator('#console-snippet code');
  }

  /** Opens the console with a tool. */
  async open(tool: string): Promise<void> {
    await this.page.goto(`/console?tool=${tool}`);
    await this.page.locator('#tool-title', { hasText: tool }).waitFor();
  }

  /** The field of an argument. */
  field(name: string): Locator {
    return this.page.locator(`[data-path="/${name}"]`);
  }

  async showAs(name: 'Form' | 'JSON'): Promise<void> {
    await this.page.getByRole('group', { name: 'Arguments as' }).getByRole('button', { name, exact: true }).click();
  }

  async showResult(name: 'Table' | 'JSON' | 'Diff' | 'Upstream calls' | 'As the assistant sees it'): Promise<void> {
    await this.page.getByRole('group', { name: 'Result as' }).getByRole('button', { name, exact: true }).click();
  }

  /** Optional arguments stand folded away where there are many. */
  async openOptional(): Promise<void> {
    const more = this.page.locator('.console-more:not([open]) > summary');
    if (await more.isVisible()) await more.click();
  }

  tool(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Tools' }).getByRole('link', { name: new RegExp(`^${name} ?(reads|writes|destructive)`) });
  }

  /** Goes to a tool by the list, which narrow screens show by itself. */
  async choose(name: string): Promise<void> {
    const all = this.page.getByRole('link', { name: 'All tools' });
    if (await all.isVisible()) await all.click();
    await this.tool(name).click();
  }

  async copyAs(name: 'curl' | 'MCP JSON' | 'TypeScript' | 'Python' | 'Link'): Promise<string> {
    const summary = this.page.getByText('Copy as…');
    if (!(await this.page.locator('#console-kinds').isVisible())) await summary.click();
    await this.page.getByRole('group', { name: 'Copy as' }).getByRole('button', { name, exact: true }).click();
    return (await this.snippet.textContent()) ?? '';
  }
}
