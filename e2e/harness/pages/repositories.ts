import type { Page } from '@playwright/test';

/** The list of repositories, and the dialogs to make or open one. */
export function repositories(page: Page) {
  const dialog = page.getByRole('dialog');
  return {
    /** Makes one in a new folder, with no recovery sheet. */
    make: async (path: string, password: string) => {
      await page.getByRole('button', { name: 'New repository…' }).click();
      await dialog.getByRole('radio', { name: /^(Another|A) folder$/ }).check();
      await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(path);
      await dialog.getByLabel('Password', { exact: true }).fill(password);
      await dialog.getByLabel('The same once more', { exact: true }).fill(password);
      await dialog.getByRole('button', { name: 'Make repository' }).click();
      await dialog.getByRole('button', { name: 'Save recovery sheet…' }).waitFor();
      await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    },
  };
}
