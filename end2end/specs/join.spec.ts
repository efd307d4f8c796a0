import { Join } from '../pages/join';
import { expect, test } from '../fixtures';

test.use({ expectedProblems: [/status of 422/] });

test('a code that is not valid is refused at its field, and what was typed stays', async ({ page }) => {
  const join = new Join(page);
  await page.goto('/join');
  await join.joinAs('odm_in_nonsense', 'Ada', 'correct horse battery');
  await expect(join.code).toHaveAccessibleDescription(/not valid/);
  await expect(join.code).toBeFocused();
  await expect(join.name).toHaveValue('Ada');
  await expect(page).toHaveURL('/join');
});

test('the page is reached from the sign-in page and leads back', async ({ page }) => {
  await page.goto('/login');
  await page.getByText('Cannot sign in?').click();
  await page.getByRole('link', { name: 'join here' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Join a workspace');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/login');
});
