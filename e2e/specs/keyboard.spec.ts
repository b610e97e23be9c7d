import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { homeLike, writeFiles } from '../harness/files.ts';
import { frame } from '../harness/pages/frame.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

/** Presses Tab until the focus is on a control of this name; fails when a whole round does not meet it. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const focused = page.locator('*:focus');
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press('Tab');
    const words = await focused.evaluate((element) => element.getAttribute('aria-label') ?? element.textContent ?? '');
    if (name.test(words)) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

test('a backup is taken, looked at and put back with the keyboard alone', async ({ world, start }) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { page } = await start();
  await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
  await expect(frame(page).source('Ada')).toBeVisible();

  await tabTo(page, /^Back up now/);
  await keepScreens(page, import.meta.filename, '1-focus');
  await page.keyboard.press('Enter');
  await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/);

  await tabTo(page, /^Timeline$/);
  await page.keyboard.press('End');
  await expect(page.getByText('nothing was written while it was copied')).toBeVisible();
  await tabTo(page, /^Put back/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText('Everything is already as it was in this snapshot.');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();

  await tabTo(page, /^Timeline$/);
  await page.keyboard.press('t');
  await expect(timeline(page).table).toBeVisible();
  await page.keyboard.press('Control+b');
  await expect(timeline(page).rows('Nothing changed')).toHaveCount(2);
});
