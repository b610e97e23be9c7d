import type { Page } from '@playwright/test';

/** The question for a repository's password. */
export function unlockDialog(page: Page) {
  const dialog = page.getByRole('dialog').filter({ has: page.getByLabel('Password', { exact: true }) });
  return {
    dialog,
    give: async (password: string) => {
      await dialog.getByLabel('Password', { exact: true }).fill(password);
      await dialog.getByLabel('Password', { exact: true }).press('Enter');
    },
  };
}
