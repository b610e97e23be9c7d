import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { barriersOn, overflowOf } from '../harness/accessibility.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { addSource } from '../harness/pages/add-source.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { frame } from '../harness/pages/frame.ts';
import { restoreResult, restoreWizard } from '../harness/pages/restore.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { backUp, protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

/** One screen: free of barriers in both themes, and nothing cut off in the smallest window. */
async function judge(page: Page, screen: string): Promise<void> {
  await test.step(screen, async () => {
    await keepScreens(page, import.meta.filename, screen);
    expect.soft(await barriersOn(page), `${screen}: barriers`).toEqual([]);
    expect.soft(await overflowOf(page), `${screen}: overflow`).toEqual([]);
  });
}

/** By the keyboard alone, as whoever has no mouse does. */
async function unfold(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  await button.focus();
  await page.keyboard.press('Enter');
}

test('every screen at 900 by 600, in both themes, is usable by everybody', async ({ world, start }) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { app, page } = await start();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(900, 600));
  const first = firstRun(page);
  await expect(first.welcome).toBeVisible();
  await judge(page, 'doors');
  await first.protectThisComputer();
  await expect(first.promise).toContainText('You will get');
  await judge(page, 'what');
  await first.next();
  await first.anotherFolder();
  await first.folder.fill(join(world.home, 'disk'));
  await expect(page.getByText('A new folder will be made')).toBeVisible();
  await judge(page, 'where');
  await first.next();
  await first.givePassword('short');
  await judge(page, 'password');

  const made = await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
  await backUp(page, made);
  const { go, addSource: openAddSource, search, source: inRail } = frame(page);
  await expect(inRail('Ada')).toHaveAccessibleName(/safe/);
  await judge(page, 'timeline');
  await timeline(page).selectNewest();
  await judge(page, 'details');
  await snapshotDetails(page).showSteps();
  await judge(page, 'every-step');
  // In a window this narrow they lie over the timeline.
  await page.keyboard.press('Escape');
  await timeline(page).asTable();
  await judge(page, 'table');
  await timeline(page).asLanes();
  await timeline(page).selectNewest();
  const details = snapshotDetails(page);
  await details.browse();
  await expect(page.getByText('entries', { exact: false })).toBeVisible();
  await judge(page, 'browse');
  await page.getByRole('button', { name: 'Close', exact: true }).click();

  writeFileSync(join(source, 'Documents/notes.md'), 'other notes\n');
  await details.compare();
  await page.getByRole('button', { name: 'Compare with now' }).click();
  await expect(page.getByRole('main')).toContainText('notes.md');
  await judge(page, 'compare');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await search('notes');
  await expect(page.getByRole('listbox', { name: 'Hits' })).toContainText('notes.md');
  await judge(page, 'search');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await details.restore();
  const wizard = restoreWizard(page);
  await judge(page, 'restore-what');
  await wizard.next();
  await judge(page, 'restore-where');
  await wizard.toPreview();
  await expect(wizard.start).toBeEnabled();
  await judge(page, 'restore-preview');
  await wizard.start.click();
  await expect(restoreResult(page).result).toBeVisible();
  await judge(page, 'restore-result');
  await restoreResult(page).close();

  for (const name of ['Activity', 'Repositories', 'Settings'] as const) {
    await go(name);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await judge(page, name.toLowerCase());
  }
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Mail…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toContainText('Enter a mail address');
  await judge(page, 'alert');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await openAddSource();
  await addSource(page).folder.fill(world.folder('other'));
  await expect(addSource(page).promise).toContainText('You will get');
  await judge(page, 'add-source');
  await unfold(page, 'Change: left out');
  await unfold(page, 'Own rules…');
  await unfold(page, 'Change: Kept');
  await judge(page, 'add-source-unfolded');
  await inRail('Ada').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Schedule and keep rules…' }).click();
  await expect(page.getByRole('region', { name: 'What is kept' })).toBeVisible();
  await judge(page, 'policy');
  await unfold(page, 'Conditions, longest pause, when it is late');
  await unfold(page, 'Allow only certain times…');
  await unfold(page, 'More rules');
  await judge(page, 'policy-unfolded');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await go('Repositories');
  await page.getByRole('button', { name: 'More for' }).click();
  await page.getByRole('menuitem', { name: 'Free space…' }).click();
  await expect(page.getByRole('dialog', { name: /Free space in/ })).toBeVisible();
  await expect(page.getByRole('dialog').getByText('Looking at what could be freed')).toBeHidden();
  await judge(page, 'free-space');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('button', { name: 'New repository…' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await judge(page, 'new-repository');
});
