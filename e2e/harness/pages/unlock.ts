import type { Page } from '@playwright/test';

/** The question for a repository's password. */
export function unlockDialog(page: Page) {
  const dialog = page.getByRole('dialog').filter({ has: page.getByLabel('Password', { exact: true }) });
  return {
    dialog,
    /** By the button beside what needs attention. */
    ask: () => page.getByRole('region', { name: 'Needs attention' }).getByRole('button', { name: 'Unlock' }).click(),
    give: async (password: string) => {
      await dialog.getByLabel('Password', { exact: true }).fill(password);
      await dialog.getByLabel('Password', { exact: true }).press('Enter');
    },
  };
}
