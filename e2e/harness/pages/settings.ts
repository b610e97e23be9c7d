import type { Page } from '@playwright/test';

/** What concerns everyday backups in the settings. */
export function settingsPage(page: Page) {
  const main = page.getByRole('main');
  return {
    pause: async (length: string) => {
      await main.getByRole('button', { name: 'Pause…' }).click();
      await page.getByRole('menuitem', { name: length }).click();
    },
    resume: () => main.getByRole('button', { name: 'Resume' }).click(),
    allowScheduled: () => main.getByRole('button', { name: 'Allow scheduled still points…' }).click(),
    withdrawScheduled: () => main.getByRole('button', { name: 'No longer allow' }).click(),
    addAlert: async (kind: string) => {
      await main.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('menuitem', { name: kind }).click();
    },
    alertDialog: page.getByRole('dialog'),
    alerts: main.locator('#alerts'),
  };
}
