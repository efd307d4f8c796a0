// How fast the machine is at the moment, so that limits of time mean the same on a slower one.
import type { Browser } from '@playwright/test';
import { median } from './measure';
import { inFreshPage, SLOWED_DOWN } from './speed';

/** What the work below takes, in milliseconds, on the machine that the limits were set on (2 cores, nothing else running). */
const REFERENCE_MS = 500;
const RUNS = 5;
const ADDRESS = 'http://127.0.0.1/pace';
const rows = Array.from({ length: 600 }, (_, row) => `<tr><th>Row ${row}</th><td>${row * row}</td><td><a href="#${row}">Go there</a></td></tr>`);
/** Nothing of ours, so that a page of ours that becomes slower is not measured by itself. */
const PAGE = `<!DOCTYPE html><html lang="en"><title>Pace</title><style>td { padding: 4px }</style><table>${rows.join('\n')}</table>`;

/** Runs in that page: scripts that reckon, and text that is written and read. Gives how long it took since the page was asked for. */
function work(): number {
  const began = performance.now();
  const rows = Array.from({ length: 4_000 }, (_, row) => ({ id: (row * 7_919) % 4_001, text: `row ${row}`, parts: [row, row + 1] }));
  for (let round = 0; round < 4; round += 1) {
    const read = JSON.parse(JSON.stringify(rows)) as typeof rows;
    read.sort((one, other) => one.id - other.id);
  }
  const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return performance.now() - began + (load?.loadEventEnd ?? NaN);
}

/**
 * How many times slower than that machine this one is, 1 at the least: a page is loaded and works, in the same browser, slowed down
 * as our pages are.
 */
async function slowness(browser: Browser): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const time = await inFreshPage(browser, undefined, SLOWED_DOWN, async (page) => {
      await page.route(ADDRESS, (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
      await page.goto(ADDRESS);
      return page.evaluate(work);
    });
    times.push(time);
  }
  return Math.max(1, median(times) / REFERENCE_MS);
}

/** Does something, and says by how much its limits are to be wider: by the slowness before or after it, whichever is greater. */
export async function paced<T>(browser: Browser, work: () => Promise<T>): Promise<{ result: T; slower: number }> {
  const before = await slowness(browser);
  const result = await work();
  const slower = Math.max(before, await slowness(browser));
  if (slower > 1) console.log(`this machine is ${slower.toFixed(2)} times slower than limits are for`);
  return { result, slower };
}
