// Somebody who uses the pages one after the other, and counts what they do.
import type { Locator, Page } from '@playwright/test';
import { Console } from './pages/console';
import { Palette } from './pages/palette';
import { Shell } from './pages/shell';
import { interactions, type Interaction } from './speed';

class Hands {
  made = 0;

  constructor(readonly page: Page) {}

  async click(target: Locator): Promise<void> {
    await target.click();
    this.made += 1;
  }

  async type(target: Locator, text: string): Promise<void> {
    await this.click(target);
    await target.pressSequentially(text);
    this.made += text.length;
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
    this.made += 1;
  }
}

/** Uses what pages have in common and what is heavy on each, from the dashboard on, and gives all interactions. */
export async function useEverything(page: Page): Promise<Interaction[]> {
  const hands = new Hands(page);
  await useFrame(hands);
  await useLists(hands);
  await useConsole(hands);
  await useForms(hands);
  return interactions(page, hands.made);
}

async function goTo(hands: Hands, name: string): Promise<void> {
  const shell = new Shell(hands.page);
  await hands.click(shell.nav.getByRole('link', { name }));
  await shell.heading.filter({ hasText: name }).waitFor();
}

async function useFrame(hands: Hands): Promise<void> {
  const { page } = hands;
  for (const range of ['7 days', '30 days', '24 hours']) await hands.click(page.getByRole('link', { name: range }));
  for (const theme of ['Dark theme', 'High contrast', 'Light theme']) await hands.click(page.getByRole('button', { name: theme }));
  const palette = new Palette(page);
  await hands.press('Control+k');
  await palette.field.waitFor();
  await hands.type(palette.field, 'shop 00');
  await palette.line(/Shop/).first().waitFor();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Escape']) await hands.press(key);
  await hands.click(page.getByRole('button', { name: 'Stop writes', exact: true }));
  await hands.press('Escape');
}

async function useLists(hands: Hands): Promise<void> {
  const { page } = hands;
  await goTo(hands, 'Stores');
  await hands.type(page.getByRole('searchbox', { name: 'Search stores' }), 'shop 007');
  await page.getByRole('row').filter({ hasText: 'Shop 0070' }).waitFor();
  await goTo(hands, 'Changes');
  for (const tab of ['Done', 'Trouble', 'Undone', 'All']) {
    await hands.click(page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: tab, exact: true }));
  }
  await goTo(hands, 'Approvals');
  await goTo(hands, 'Dashboard');
}

async function useConsole(hands: Hands): Promise<void> {
  const { page } = hands;
  const console = new Console(page);
  await goTo(hands, 'Console');
  for (const tool of ['orders_update', 'orders_create', 'orders_list']) {
    await hands.click(console.tool(tool));
    await page.locator('#tool-title', { hasText: tool }).waitFor();
  }
  await console.field('store_identifier').selectOption('Sandbox');
  const more = page.locator('.console-more > summary');
  await hands.click(more);
  await hands.type(console.field('limit'), '50');
  await hands.click(console.field('fields/items'));
  const asked = page.getByRole('group', { name: 'Arguments as' });
  for (const name of ['JSON', 'Form']) await hands.click(asked.getByRole('button', { name, exact: true }));
  await hands.click(console.run);
  await console.result.getByText('Answered', { exact: true }).waitFor();
  const told = page.getByRole('group', { name: 'Result as' });
  for (const name of ['JSON', 'Upstream calls', 'As the assistant sees it', 'JSON']) {
    await hands.click(told.getByRole('button', { name, exact: true }));
  }
  await hands.click(console.result.locator('summary', { hasText: 'orders:' }));
  await hands.type(page.getByLabel('Search the JSON'), 'name');
}

async function useForms(hands: Hands): Promise<void> {
  const { page } = hands;
  await goTo(hands, 'Keys');
  await hands.click(page.getByRole('link', { name: 'Make a key' }));
  await hands.type(page.getByLabel('Name', { exact: true }), 'Warehouse');
  for (const access of [/^Propose/, /^Change/, /^Look/]) await hands.click(page.getByRole('radio', { name: access }));
  await goTo(hands, 'Connect');
  for (const link of await page.getByRole('navigation', { name: 'Client' }).getByRole('link').all()) await hands.click(link);
  await goTo(hands, 'Settings');
  await goTo(hands, 'People');
  await hands.type(page.getByRole('region', { name: 'Invite somebody' }).getByLabel('E-mail', { exact: true }), 'ann@example.com');
}
