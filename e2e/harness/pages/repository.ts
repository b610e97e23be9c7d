import type { Page } from '@playwright/test';

/** The page of one repository. */
export function repositoryPage(page: Page) {
  const main = page.getByRole('main');
  const region = (name: string) => main.getByRole('region', { name, exact: true });
  return {
    heading: (name: string) => main.getByRole('heading', { level: 1, name }),
    holds: region('What it holds'),
    growth: region('Growth'),
    soundness: region('Soundness'),
    space: region('Space'),
    /** From the list of repositories. */
    open: (name: string) => main.getByRole('button', { name: `Details of ${name}` }).click(),
    choose: (scope: 'Structure' | 'A part of the data' | 'Everything') =>
      region('Soundness').getByText(scope, { exact: true }).click(),
    checkNow: () => region('Soundness').getByRole('button', { name: 'Check now' }).click(),
    plan: async (every: string) => {
      await region('Soundness').getByRole('combobox', { name: 'By itself' }).click();
      await page.getByRole('option', { name: every, exact: true }).click();
    },
    look: () => region('Space').getByRole('button', { name: 'Look what would be freed' }).click(),
  };
}
