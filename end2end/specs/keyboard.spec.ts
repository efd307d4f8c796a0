// The first visit with nothing but a keyboard.
import { expect, test } from '../fixtures';
import { Login } from '../pages/login';
import { Shell } from '../pages/shell';

test('@desktop sign in, skip to the content, walk the pages', async ({ page, app }) => {
  await page.goto('/login');
  const login = new Login(page);
  await page.getByText('Sign in with a master key').focus();
  await page.keyboard.press('Enter');
  await login.key.focus();
  await page.keyboard.insertText(app.masterKey);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/');
  const shell = new Shell(page);
  await expect(shell.heading).toHaveText('Dashboard');

  await page.goto('/');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();

  await shell.nav.getByRole('link', { name: 'Connect' }).focus();
  await page.keyboard.press('Enter');
  await expect(shell.heading).toHaveText('Connect an assistant');
  await expect(shell.heading).toBeFocused();
  await expect(page.locator('#announcer')).toHaveText('Connect an assistant');
  await expect(page).toHaveTitle('Connect an assistant · Order Desk MCP');
  await expect(shell.nav.getByRole('link', { name: 'Connect' })).toHaveAttribute('aria-current', 'page');
});

test('@desktop every stop shows where it is', async ({ page }) => {
  await page.goto('/login');
  await page.keyboard.press('Tab');
  for (let stop = 0; stop < 6; stop += 1) {
    const outline = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body);
      return `${style.outlineStyle} ${style.outlineWidth}`;
    });
    expect(outline).toBe('solid 2px');
    await page.keyboard.press('Tab');
  }
});
