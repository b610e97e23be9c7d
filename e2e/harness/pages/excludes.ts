import type { Locator, Page } from '@playwright/test';

/** What is left out of a source, with sizes. */
export function excludes(page: Page) {
  const group = page.getByRole('group', { name: 'Left out' });
  return {
    group,
    /** A preset with what it holds beside it. */
    preset: (name: string): Locator =>
      group.getByRole('checkbox', { name, exact: true }).locator('xpath=ancestor::*[contains(@class, "sized")][1]'),
    sum: group.getByRole('status'),
  };
}
