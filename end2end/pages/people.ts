// The page of people.
import type { Locator, Page } from '@playwright/test';

export class People {
  readonly made: Locator;
  readonly code: Locator;
  readonly email: Locator;
  readonly role: Locator;
  readonly invite: Locator;
  readonly waiting: Locator;
  readonly table: Locator;
  /** What can be done about somebody, where that is open. */
  readonly open: Locator;
  /** The links to the pages before and after. */
  readonly pages: Locator;

  constructor(readonly page: Page) {
    this.made = page.getByRole('status', { name: 'Invited' });
    this.code = this.made.locator('code');
    const form = page.getByRole('region', { name: 'Invite somebody' });
    this.email = form.getByLabel('E-mail', { exact: true });
    this.role = form.getByLabel('Role', { exact: true });
    this.invite = form.getByRole('button', { name: 'Invite' });
    this.waiting = page.getByRole('region', { name: 'Invitations that wait' });
    this.table = page.getByRole('table', { name: 'People of this workspace' });
    this.open = this.table.locator('details[open]');
    this.pages = page.getByRole('navigation', { name: 'Pages' });
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name }) });
  }

  /** Opens what can be done about somebody. */
  async change(name: string): Promise<Locator> {
    const row = this.row(name);
    await row.locator('summary').click();
    return row;
  }

  /** Invites somebody and gives the code. */
  async inviteAs(email: string, role: string): Promise<string> {
    await this.email.fill(email);
    await this.role.selectOption(role);
    await this.invite.click();
    await this.made.waitFor();
    return (await this.code.textContent()) ?? '';
  }
}
