import type { Locator, Page } from '@playwright/test';

/** The lanes, and the same as a table. */
export function timeline(page: Page) {
  const lanes = page.getByTestId('timeline');
  const table = page.getByTestId('timeline-table');
  return {
    lanes,
    table,
    lane: (name: string): Locator => lanes.getByRole('button', { name: new RegExp(`^${name}\\b`) }),
    asTable: () => page.getByRole('radiogroup', { name: 'Shown as' }).getByText('Table').click({ force: true }),
    asLanes: () => page.getByRole('radiogroup', { name: 'Shown as' }).getByText('Timeline').click({ force: true }),
    /** Rows of the table that hold this text, newest first. */
    rows: (text: string | RegExp): Locator => table.locator('tbody tr').filter({ hasText: text }),
    selectNewest: async () => {
      await lanes.focus();
      await lanes.press('End');
    },
    selectOldest: async () => {
      await lanes.focus();
      await lanes.press('Home');
    },
  };
}
