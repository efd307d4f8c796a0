// What every spec imports instead of '@playwright/test'.
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type BrowserContext, type Page, type Response } from '@playwright/test';
import { startApp, type App } from './app';
import { Login } from './pages/login';

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;
type WorkerFixtures = {
  /** One server for each worker. */
  app: App;
  /**
   * The cookies of an owner who signed in once, for the whole worker: sign-ins are limited to a few a minute.
   * A spec that signs out signs in for itself first, with `signIn`.
   */
  session: StorageState;
};
type TestFixtures = {
  /** Whether the test's pages start signed in, with the worker's session. */
  signedIn: boolean;
  /** Problems that a spec brings about on purpose; any other one fails the test. */
  expectedProblems: RegExp[];
  guard: void;
  /** Whether `axe` also looks at the page's colours in the dark theme. */
  inTheDark: boolean;
  /** Checks the page, or a part of it, against WCAG 2.2 AA and axe's best practices. */
  axe: (scope?: string) => Promise<void>;
};

export const test = base.extend<TestFixtures, WorkerFixtures>({
  app: [
    // By the parallel index, which stays the same when a worker is replaced after a failure.
    async ({}, use, info) => {
      const { app, stop } = await startApp(String(info.parallelIndex));
      await use(app);
      await stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  session: [
    async ({ app, browser }, use) => {
      const context = await browser.newContext({ baseURL: app.url });
      await signIn(await context.newPage(), app);
      const session = await context.storageState();
      await context.close();
      await use(session);
    },
    { scope: 'worker' },
  ],
  signedIn: [false, { option: true }],
  storageState: async ({ signedIn, session }, use) => {
    await use(signedIn ? session : undefined);
  },
  baseURL: async ({ app }, use) => {
    await use(app.url);
  },
  expectedProblems: [[], { option: true }],
  guard: [
    async ({ page, expectedProblems }, use) => {
      const problems = watch(page);
      await use();
      const unexpected = problems.filter((problem) => !expectedProblems.some((expected) => expected.test(problem)));
      expect(unexpected, 'the browser console must stay clean').toEqual([]);
    },
    { auto: true },
  ],
  page: async ({ page, javaScriptEnabled }, use) => {
    // Before hydration a click may go to the server instead of the page's own code, and a field may say what the browser itself
    // has put back into it, so that `goto` and `reload` wait for it.
    if (javaScriptEnabled !== false) {
      const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
      const listens = async (response: Response | null) => {
        if (response?.headers()['content-type']?.includes('text/html')) await hydrated(page);
        return response;
      };
      page.goto = async (url, options) => listens(await goto(url, options));
      page.reload = async (options) => listens(await reload(options));
    }
    await use(page);
  },
  inTheDark: [false, { option: true }],
  axe: async ({ page, inTheDark }, use) => {
    const finds = async (builder: AxeBuilder, scope?: string) => {
      const { violations } = await (scope ? builder.include(scope) : builder).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
      expect(found, 'axe finds nothing').toEqual([]);
    };
    await use(async (scope) => {
      await finds(new AxeBuilder({ page }).withTags(AXE_TAGS), scope);
      if (!inTheDark) return;
      // Nothing but the colours is another.
      await page.emulateMedia({ colorScheme: 'dark' });
      await finds(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']), scope);
      await page.emulateMedia({ colorScheme: 'light' });
    });
  },
});

export { expect };
export type { App, Page };

/** Waits until the page's own code has taken over. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** Signs in as the owner of the tests' workspace, through the form as a person would; also without JavaScript. */
export async function signIn(page: Page, app: App, { javaScript = true } = {}): Promise<void> {
  await page.goto('/login');
  if (javaScript) await hydrated(page);
  await new Login(page).signIn(app.masterKey);
  await page.waitForURL((url) => url.pathname !== '/login');
}

/** Collects what goes wrong in a page: console errors and warnings, exceptions, panics, failed requests. */
function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    if (['error', 'warning'].includes(message.type()) || /hydration error|panicked at/i.test(text)) {
      problems.push(`${message.type()}: ${text} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // Leaving a page ends what it was still loading.
    if (!why.includes('ERR_ABORTED')) problems.push(`request: ${request.url()} ${why}`);
  });
  return problems;
}
