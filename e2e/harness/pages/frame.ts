import type { Locator, Page } from '@playwright/test';

/** What is around every view: the sources, the places, the header, the cards of what runs. */
export function frame(page: Page) {
  const rail = page.getByRole('navigation', { name: 'Sources' });
  const header = page.getByRole('banner');
  return {
    /** A source; its accessible name holds its health and why. */
    source: (name: string): Locator => rail.getByRole('button', { name: new RegExp(`^${name}, `) }),
    backUpNow: () => header.getByRole('button', { name: 'Back up now' }).click(),
    /** Runs under way, and how the last ones ended. */
    cards: page.getByRole('region', { name: 'Runs under way' }),
    go: (place: 'Activity' | 'Repositories' | 'Settings') =>
      page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click(),
    toTimeline: () => header.getByRole('button', { name: 'Stillpoint' }).click(),
    search: (text: string) => header.getByRole('searchbox').fill(text),
    addSource: () => rail.getByRole('button', { name: 'Add source' }).click(),
  };
}
