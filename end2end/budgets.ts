// The limits that the web app keeps, from budgets.json, and the one that any spec can look after.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';

/** The forms of Lighthouse: a phone of middling speed on a slow network, or a computer. */
export type Form = 'mobile' | 'desktop';
type Budgets = {
  bytes: Record<'first load', number>;
  /** Elements in the document, on any screen. */
  elements: number;
  /** Lighthouse's scores of every page, the least, by category. */
  scores: Record<string, number>;
  /** Lighthouse's score of performance, the least, by page. */
  performance: Record<Form, Record<string, number>>;
  /** Lighthouse's audits, the most, in milliseconds where they are a time. */
  vitals: Record<Form, Record<string, number>>;
  /**
   * The most. `hydrated` and `interaction` are for a processor of a quarter of the speed; `interaction` is what 98 of a hundred
   * do not exceed; `navigation` is from a click to a page that was never opened before.
   */
  milliseconds: Record<'hydrated' | 'interaction' | 'navigation', number>;
  /**
   * The most, of the pages of recorded calls. Of a live list while 500 come in each second: how old the newest one shown is, by how
   * many nodes and bytes of script and of WASM the page grows, and its longest task, in milliseconds. Of a call of thousands of steps: when it
   * is first painted, and while it is scrolled what 95 of a hundred frames take, and tasks of more than 50 milliseconds.
   */
  calls: Record<'seconds late' | 'nodes' | 'heap' | 'wasm' | 'longest task' | 'first paint' | 'frame' | 'long tasks', number>;
  /** What times are to come to on a good day, in milliseconds: one that is missed is printed. */
  goals: Record<string, number>;
};
export const budgets: Budgets = JSON.parse(readFileSync(join(import.meta.dirname, 'budgets.json'), 'utf8'));

/** Fails when a page has more elements than a screen may have. */
export async function isLight(page: Page, what: string): Promise<void> {
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  expect.soft(elements, `elements of ${what}`).toBeLessThanOrEqual(budgets.elements);
}

/** Fails what takes longer than its limit, and says what misses its goal. */
export function isSoonEnough(milliseconds: number, limit: number, goal: number | undefined, what: string): void {
  if (goal !== undefined && milliseconds > goal) console.log(`goal missed: ${what} is ${Math.round(milliseconds)}, to be ${goal}`);
  expect.soft(milliseconds, what).toBeLessThanOrEqual(limit);
}
