import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { homeLike, writeFiles } from '../harness/files.ts';
import { frame } from '../harness/pages/frame.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { backUp, protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

test('a repository that is away is waited for, and used again when it is back', async ({ world, start }) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const repository = join(world.folder('disk'), 'backups');
  const { page } = await start();
  await backUp(page, await protect(page, source, repository, { name: 'Ada' }));
  const { backUpNow, source: inRail, cards } = frame(page);
  await expect(inRail('Ada')).toHaveAccessibleName(/safe/);

  const away = `${repository}-unplugged`;
  renameSync(repository, away);
  await backUpNow();
  await expect(cards).toContainText('waits');
  await expect(inRail('Ada')).toHaveAccessibleName(/waiting/);
  await expect(page.getByTestId('summary')).toContainText('Your source is safe. Waiting for Backups.');
  await expect(page.getByRole('main')).toContainText('It is not connected: backups wait for it');
  await keepScreens(page, import.meta.filename, '1-waiting');
  expect(existsSync(repository)).toBe(false);

  renameSync(away, repository);
  await backUpNow();
  await expect(inRail('Ada')).toHaveAccessibleName(/safe/);
  await timeline(page).asTable();
  await expect(timeline(page).rows('Nothing changed')).toHaveCount(2);
  await keepScreens(page, import.meta.filename, '2-back');
});
