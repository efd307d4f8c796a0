// How soon a page listens, answers and gives way to another, as the page itself sees it.
import type { Browser, Page } from '@playwright/test';
import type { StorageState } from './fixtures';

/** One interaction: how long it took in milliseconds, until what it changed was painted, and what it was, for people. */
export type Interaction = { took: number; what: string };
/** Times that the page notes about itself, in milliseconds. */
type Noted = { hydrated: number; interactions: Record<number, Interaction> };
declare global {
  interface Window {
    noted: Noted;
  }
}

/** Slower by so much than this machine. */
export const SLOWED_DOWN = 4;

/**
 * Opens a page in a context of its own, with an empty cache and the cookies given, and does something there.
 * `rate` is how many times slower the processor is made.
 */
export async function inFreshPage<T>(browser: Browser, storageState: StorageState | undefined, rate: number, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ storageState, viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(note);
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    return await work(page);
  } finally {
    await context.close();
  }
}

/** Runs in the page, before anything of it. */
function note(): void {
  const noted: Noted = { hydrated: 0, interactions: {} };
  window.noted = noted;
  const mark = new MutationObserver(() => {
    noted.hydrated = performance.now();
    mark.disconnect();
  });
  mark.observe(document, { attributes: true, subtree: true, attributeFilter: ['data-hydrated'] });
  const events = new PerformanceObserver((seen) => {
    for (const { interactionId: id, duration, name, target } of seen.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) {
      if (!id || duration < (noted.interactions[id]?.took ?? 0)) continue;
      const on = target instanceof HTMLElement ? target.innerText.slice(0, 30) || target.ariaLabel || target.localName : 'what is gone';
      noted.interactions[id] = { took: duration, what: `${name} on ${on}` };
    }
  });
  events.observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
}

/**
 * From the beginning of the navigation until the page's own code listens. It is asked for by the protocol alone: before it waits for
 * anything, Playwright runs a program of its own in the page, which on a slow processor takes a tenth of a second of what is measured.
 */
export async function hydratedAfter(page: Page, url: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await page.goto(url, { waitUntil: 'commit' });
  try {
    for (;;) {
      const { result } = await session.send('Runtime.evaluate', { expression: 'window.noted?.hydrated ?? 0' });
      if (result.value > 0) return result.value;
      await new Promise((done) => setTimeout(done, 100));
    }
  } finally {
    await session.detach();
  }
}

/** The interactions since the page was loaded. Shorter ones than 16 ms are not told by the browser: of `all` that were made, the others count as none. */
export async function interactions(page: Page, all: number): Promise<Interaction[]> {
  // What is still on its way to the observer comes with the next frames.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));
  const told = await page.evaluate(() => Object.values(window.noted.interactions));
  return [...told, ...Array<Interaction>(Math.max(0, all - told.length)).fill({ took: 0, what: 'too short to be told' })];
}

/** From a click on a link of the navigation until the page it leads to stands whole, with its data; its heading begins as given. */
export function navigation(page: Page, link: string, heading: string): Promise<number> {
  return page.evaluate(
    ([link, heading]) =>
      new Promise<number>((done, failed) => {
        const found = [...document.querySelectorAll<HTMLAnchorElement>('nav[aria-label=Main] a')].find((a) => a.textContent?.trim().startsWith(link));
        if (!found) return failed(new Error(`the navigation has no ${link}`));
        const isThere = () => document.querySelector('h1')?.textContent?.startsWith(heading) && !document.querySelector('main .skeleton');
        const began = performance.now();
        const look = new MutationObserver(() => {
          if (!isThere()) return;
          look.disconnect();
          // Painted, not only put there.
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        });
        look.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        found.click();
      }),
    [link, heading] as const,
  );
}
