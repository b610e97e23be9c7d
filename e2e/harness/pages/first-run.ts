import { expect, type Page } from '@playwright/test';

/** The first start: two doors and the questions behind them. */
export function firstRun(page: Page) {
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  return {
    welcome: page.getByRole('heading', { name: 'Welcome to Stillpoint' }),
    protectThisComputer: () => page.getByRole('button', { name: /^Protect this computer/ }).click(),
    continueFromBackups: () => page.getByRole('button', { name: /^Restore or continue/ }).click(),
    promise: page.getByRole('region', { name: 'What you will get' }),
    /** What will go on by itself, in one sentence. */
    schedule: page.getByText(/^By itself from then on/),
    folder: page.getByRole('textbox', { name: 'Folder', exact: true }),
    /** Again where the button was not to be pressed at that very moment: what a folder gets is asked anew when rights change. */
    next: async () => {
      const heading = page.getByRole('heading', { level: 1 });
      const before = (await heading.textContent()) ?? '';
      await expect(async () => {
        if ((await heading.textContent()) === before) await press('Next');
        await expect(heading).not.toHaveText(before, { timeout: 3_000 });
      }).toPass({ timeout: 30_000 });
    },
    /** Called so only where a disk is offered as well. */
    anotherFolder: () => page.getByRole('radio', { name: /^(Another|A) folder$/ }).check(),
    givePassword: async (password: string) => {
      const again = page.getByLabel('The same once more', { exact: true });
      await page.getByLabel('Password', { exact: true }).fill(password);
      if ((await again.count()) > 0) await again.fill(password);
    },
    startFirstBackup: () => press('Start the first backup'),
    open: () => press('Open'),
    running: page.getByRole('region', { name: 'First backup' }),
    saveSheet: () => press('Save recovery sheet…'),
    keepSheet: async (where: string) => {
      await page.getByRole('radio', { name: where }).check();
      await press('It is kept there');
    },
    later: () => press('Later'),
  };
}
