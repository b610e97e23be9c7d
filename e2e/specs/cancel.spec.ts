import { join } from 'node:path';
import { bytesBelow, muchData, writeFiles } from '../harness/files.ts';
import { frame } from '../harness/pages/frame.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

test('a backup is watched, cancelled, and goes on from what it stored', async ({ world, start }) => {
  const source = world.folder('films');
  const files = muchData(40);
  const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  writeFiles(world, source, files);
  const repository = join(world.folder('disk'), 'backups');
  const { page } = await start();
  await protect(page, source, repository, { name: 'Films', liveReadMiBps: 40 });
  const { cards, backUpNow, source: inRail } = frame(page);

  await test.step('cancel under way', async () => {
    await backUpNow();
    await expect(cards.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^(?!0$)\d/);
    await expect(cards).toContainText(/of 320\sMiB/);
    await expect(inRail('Films')).toHaveAccessibleName(/running/);
    await keepScreens(page, import.meta.filename, '1-progress');
    await expect.poll(() => bytesBelow(join(repository, 'data'))).toBeGreaterThan(total / 5);
    await cards.getByRole('button', { name: 'Cancel' }).click();
    await expect(cards).toContainText('Films: cancelled. What was already stored is kept');
    await keepScreens(page, import.meta.filename, '2-cancelled');
  });

  const stored = bytesBelow(join(repository, 'data'));
  await test.step('the next one stores only the rest', async () => {
    expect(stored).toBeLessThan(total);
    await backUpNow();
    await expect(inRail('Films')).toHaveAccessibleName(/safe/);
    await keepScreens(page, import.meta.filename, '3-done');
    expect(bytesBelow(join(repository, 'data')) - stored).toBeLessThan(total - stored / 2);
    await timeline(page).asTable();
    await expect(timeline(page).rows('Nothing changed')).toHaveCount(1);
    await expect(timeline(page).rows('cancelled')).toHaveCount(1);
  });
});
