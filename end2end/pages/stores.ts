// The pages about stores.
import { expect, type Locator, type Page } from '@playwright/test';

/** The credentials of the built-in sandbox; they open nothing but invented data. */
export const SANDBOX = { id: 'sandbox', key: 'sandbox' };

export type NewStore = { id: string; key: string; name?: string; label?: string };

export class Stores {
  readonly search: Locator;
  readonly addSandbox: Locator;
  /** Name, label and credentials of a store, on its page. */
  readonly edit: Locator;
  readonly deleted: Locator;

  constructor(readonly page: Page) {
    this.search = page.getByRole('searchbox', { name: 'Search stores' });
    this.addSandbox = page.getByRole('button', { name: 'Add the sandbox' });
    this.edit = page.getByRole('region', { name: 'Name and credentials' });
    this.deleted = page.getByRole('region', { name: 'Deleted stores' });
  }

  /** Saves what stands in the form of a store's page. */
  async save(): Promise<void> {
    await this.edit.getByRole('button', { name: 'Save the store' }).click();
  }

  /** Deletes the store whose page is open. */
  async remove(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Delete store' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Delete store' });
    await dialog.getByLabel('Name of the store').fill(name);
    await dialog.getByRole('button', { name: 'Delete store' }).click();
    await this.page.waitForURL('/stores');
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  async fill(store: NewStore): Promise<void> {
    await this.page.getByLabel('Store id', { exact: true }).fill(store.id);
    await this.page.getByLabel('API key', { exact: true }).fill(store.key);
    if (store.name !== undefined) await this.page.getByLabel(/^Name/).fill(store.name);
    if (store.label !== undefined) await this.page.getByLabel(/^Label/).fill(store.label);
  }

  /** Adds a store through its form and ends on its page, when that is there: until then the form's buttons are. */
  async add(store: NewStore): Promise<void> {
    await this.page.goto('/stores/new');
    await this.fill(store);
    await this.page.getByRole('button', { name: 'Add store' }).click();
    await this.page.waitForURL(/\/stores\/[0-9a-z]{26}$/);
    await expect(this.page.getByRole('heading', { name: 'Folders' })).toBeVisible();
  }
}
