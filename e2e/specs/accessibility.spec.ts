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
  await openAddSource();
  await addSource(page).folder.fill(world.folder('other'));
  await expect(addSource(page).promise).toContainText('You will get');
  await judge(page, 'add-source');
  await go('Repositories');
  await page.getByRole('button', { name: 'New repository…' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await judge(page, 'new-repository');
});
