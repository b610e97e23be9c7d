import type { Page } from '@playwright/test';

/** The runs and what is known of one. */
export function activity(page: Page) {
  const list = page.getByRole('navigation', { name: 'Runs, newest first' });
  return {
    list,
    select: (title: string) =>
      list
        .getByRole('button', { name: new RegExp(title) })
        .first()
        .click(),
    /** What stands beside a line of the run that is selected. */
    fact: (name: string) => page.getByRole('main').locator(`dt:text-is("${name}") + dd`),
  };
}
