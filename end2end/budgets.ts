// The limits that the web app keeps, from budgets.json, and the one that any spec can look after.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';

type Budgets = {
  bytes: Record<'first load', number>;
  'lighthouse desktop': Record<string, number>;
  /** Elements in the document, on any screen. */
  elements: number;
};
export const budgets: Budgets = JSON.parse(readFileSync(join(import.meta.dirname, 'budgets.json'), 'utf8'));

/** Fails when a page has more elements than a screen may have. */
export async function isLight(page: Page, what: string): Promise<void> {
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  expect.soft(elements, `elements of ${what}`).toBeLessThanOrEqual(budgets.elements);
}
