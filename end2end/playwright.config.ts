import { defineConfig, devices } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './chromium';

const launchOptions = { executablePath: chromiumPath, args: chromiumArgs };
const desktop = { ...devices['Desktop Chrome'], launchOptions };

const WITH_LAYOUT = ['a11y', 'changes', 'console', 'dashboard', 'login', 'mobile', 'stores', 'traces', 'traces-live'].map((name) => `specs/${name}.spec.ts`);

export default defineConfig({
  testDir: '.',
  testMatch: 'specs/**/*.spec.ts',
  outputDir: 'out/results',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  forbidOnly: !!process.env.CI,
  // A test that passes the second time is a fault somebody will meet.
  retries: 0,
  reporter: [['list'], ['json', { outputFile: process.env.RESULTS ?? 'out/results.json' }]],
  expect: { timeout: 10_000 },
  use: {
    // Recording every test for the few that fail costs a sixth of the time: TRACE=1 records those that are run with it.
    trace: process.env.TRACE ? 'on' : 'off',
    screenshot: 'only-on-failure',
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'light',
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    { name: 'desktop', testIgnore: 'specs/mobile.spec.ts', use: desktop },
    // What is told apart by width and touch. The others test what the server and the page's code do, which is the same at every width.
    { name: 'mobile', testMatch: WITH_LAYOUT, use: { ...devices['Pixel 7'], launchOptions }, grepInvert: /@desktop|without script|without JavaScript/ },
    // Makes the pictures of docs/screenshots: see `make screenshots`.
    { name: 'screenshots', testMatch: 'screenshots/**/*.spec.ts', use: desktop },
    // Measures time, so that it runs by itself, after the others: see scripts/test.sh.
    // Recording would slow down what is measured.
    { name: 'perf', testMatch: 'perf/**/*.spec.ts', use: { ...desktop, trace: 'off', screenshot: 'off' }, fullyParallel: false },
  ],
});
