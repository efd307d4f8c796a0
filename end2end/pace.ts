// How fast the machine is at the moment, so that limits of time mean the same on a slower one.
import type { Browser } from '@playwright/test';
import { median } from './measure';
import { inFreshPage, SLOWED_DOWN } from './speed';

/** What the work below took, in milliseconds, on the machine that the limits were set on (2 cores, nothing else running). */
const REFERENCE_MS = 205;
const RUNS = 5;

/** Runs in a blank page: scripts that reckon, text that is read and written, elements that are laid out. Gives how long it took. */
function work(): number {
  const began = performance.now();
  const rows = Array.from({ length: 4_000 }, (_, row) => ({ id: (row * 7_919) % 4_001, text: `row ${row}`, parts: [row, row + 1] }));
  for (let round = 0; round < 4; round += 1) {
    const read = JSON.parse(JSON.stringify(rows)) as typeof rows;
    read.sort((one, other) => one.id - other.id);
  }
  const list = document.createElement('ul');
  for (const { text } of rows.slice(0, 600)) {
    const item = document.createElement('li');
    item.append(Object.assign(document.createElement('b'), { textContent: text }), ' and more');
    list.append(item);
  }
  document.body.append(list);
  list.getBoundingClientRect();
  list.remove();
  return performance.now() - began;
}

/**
 * How many times slower than that machine this one is, 1 at the least: the work of a page, as far as it does not depend on ours, in
 * the same browser, slowed down as our pages are.
 */
async function slowness(browser: Browser): Promise<number> {
  const times = await inFreshPage(browser, undefined, SLOWED_DOWN, async (page) => {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) times.push(await page.evaluate(work));
    return times;
  });
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
