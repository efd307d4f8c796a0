// Measurements for the performance specs; the limits are in budgets.json.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import lighthouse, { desktopConfig } from 'lighthouse';
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

/**
 * Lighthouse's desktop scores of a page, 0 to 100 by category: the median of `runs`, because two busy processors move
 * single runs. The cookies given stay in place, so that pages behind the sign-in can be measured.
 */
export async function lighthouseScores(url: string, cookies: StorageState['cookies'], runs = 3): Promise<Record<string, number>> {
  // Where each run starts. Our pages and about:blank may not share a process (Cross-Origin-Opener-Policy), and a process
  // that is new sometimes records too late to see its page's load begin, which Lighthouse calls NO_NAVSTART.
  // So every run finds what all pages share in the cache, as all but the first did from about:blank: what a first visit costs
  // is measured by `firstLoadBytes`.
  const blankPage = new URL('/login', url).href;
  const port = await freePort();
  const profile = mkdtempSync(join(tmpdir(), 'orderdesk-mcp-lighthouse-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    args: [...chromiumArgs, `--remote-debugging-port=${port}`],
  });
  try {
    await context.addCookies(cookies);
    const all: Record<string, number[]> = {};
    for (let run = 0; run < runs; run += 1) {
      const result = await lighthouse(url, { port, output: 'json', logLevel: 'error', disableStorageReset: true, blankPage }, desktopConfig);
      if (!result) throw new Error(`Lighthouse measured nothing at ${url}`);
      if (result.lhr.runtimeError) throw new Error(`Lighthouse: ${result.lhr.runtimeError.message}`);
      for (const [name, { score }] of Object.entries(result.lhr.categories)) {
        (all[name] ??= []).push(Math.round((score ?? 0) * 100));
      }
    }
    return Object.fromEntries(Object.entries(all).map(([name, scores]) => [name, median(scores)]));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
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
