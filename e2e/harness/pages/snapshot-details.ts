import type { Page } from '@playwright/test';

/** What is known of the selected snapshot, and what can be done with it. */
export function snapshotDetails(page: Page) {
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const proof = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Proof' }) });
  const taken = page.locator('section').filter({ has: page.getByRole('heading', { name: /^How this was taken/ }) });
  return {
    proof,
    taken,
    /** What stands beside a line of the proof. */
    fact: (name: string) => proof.locator(`dt:text-is("${name}") + dd`),
    /** Unfolds every step of how it was taken; `step` is what stands beside one of them. */
    showSteps: () => press('Every step'),
    step: (name: string) => taken.locator(`dt:text-is("${name}") + dd`),
    conditions: taken.getByRole('listitem').filter({ has: page.getByRole('img', { name: /^(not )?met$/ }) }),
    heading: page.getByRole('heading', { level: 2 }).filter({ hasText: /\d:\d\d:\d\d/ }),
    putBack: () => press('Put back'),
    restore: () => press('Restore…'),
    browse: () => press('Browse its files'),
    compare: () => press('Compare with…'),
  };
}
