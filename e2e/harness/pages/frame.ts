import type { Locator, Page } from '@playwright/test';

/** What is around every view: the sources, the header, the card of what runs. */
export function frame(page: Page) {
  const rail = page.getByRole('navigation', { name: 'Sources' });
  return {
    rail,
    /** A source; its accessible name holds its health and why. */
    source: (name: string): Locator => rail.getByRole('button', { name: new RegExp(`^${name}, `) }),
    header: page.getByRole('banner'),
    backUpNow: () => page.getByRole('banner').getByRole('button', { name: 'Back up now' }).click(),
    /** The card of a run under way or just ended. */
    card: page.getByRole('region', { name: 'Runs under way' }),
    go: (name: string) => page.getByRole('link', { name }).or(page.getByRole('button', { name })).first().click(),
  };
}
