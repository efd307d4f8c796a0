// What the browser and Lighthouse measure of a page's load; the limits are in budgets.json.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import lighthouse, { desktopConfig, type Config } from 'lighthouse';
import type { Form } from './budgets';
import { chromiumArgs, chromiumPath } from './chromium';
import { hydrated, type StorageState } from './fixtures';

/** Bytes on the wire until a page is hydrated and its fonts are there, starting with an empty cache and the cookies given. */
export async function firstLoadBytes(browser: Browser, url: string, storageState: StorageState): Promise<number> {
  const context = await browser.newContext({ storageState });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    let bytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(url, { waitUntil: 'load' });
    await hydrated(page);
    await page.evaluate(() => document.fonts.ready);
    return bytes;
  } finally {
    await context.close();
  }
}

/** Scores by category, 0 to 100, and audits by name. */
export type Found = Record<string, number>;

/** A browser with a profile of its own that Lighthouse drives; the cookies stay in place, so that pages behind the sign-in can be measured. */
export class Lighthouse {
  private constructor(
    private readonly port: number,
    /** Ends the browser. */
    readonly close: () => Promise<void>,
  ) {}

  static async open(cookies: StorageState['cookies']): Promise<Lighthouse> {
    const port = await freePort();
    const profile = mkdtempSync(join(tmpdir(), 'orderdesk-mcp-lighthouse-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath,
      args: [...chromiumArgs, `--remote-debugging-port=${port}`],
    });
    await context.addCookies(cookies);
    return new Lighthouse(port, async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    });
  }

  /** The median of each score and audit over `runs`, because two busy processors move single runs. */
  async measure(url: string, form: Form, categories: string[], audits: string[], runs: number): Promise<Found> {
    const all: Record<string, number[]> = {};
    for (let run = 0; run < runs; run += 1) {
      for (const [name, value] of Object.entries(await this.once(url, form, categories, audits))) (all[name] ??= []).push(value);
    }
    return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, median(values)]));
  }

  private async once(url: string, form: Form, onlyCategories: string[], audits: string[]): Promise<Found> {
    // Where each run starts. Our pages and about:blank may not share a process (Cross-Origin-Opener-Policy), and a process
    // that is new sometimes records too late to see its page's load begin, which Lighthouse calls NO_NAVSTART.
    // So every run finds what all pages share in the cache, as all but the first did from about:blank: what a first visit costs
    // is measured by `firstLoadBytes`.
    const blankPage = new URL('/login', url).href;
    const config: Config | undefined = form === 'desktop' ? desktopConfig : undefined;
    const flags = { port: this.port, output: 'json', logLevel: 'error', disableStorageReset: true, blankPage, onlyCategories } as const;
    const result = await lighthouse(url, { ...flags, onlyCategories }, config);
    if (!result) throw new Error(`Lighthouse measured nothing at ${url}`);
    const { lhr } = result;
    if (lhr.runtimeError) throw new Error(`Lighthouse: ${lhr.runtimeError.message}`);
    const scores = Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]);
    const values = audits.map((name) => [name, lhr.audits[name]?.numericValue ?? Infinity]);
    return Object.fromEntries([...scores, ...values]);
  }
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** What `share` of the values, 0 to 1, do not exceed. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** A port nobody listens on at the moment. */
function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? found(address.port) : failed(new Error('no port'))));
    });
  });
}
