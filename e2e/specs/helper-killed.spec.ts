import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesBelow, muchData, writeFiles } from '../harness/files.ts';
import { frame } from '../harness/pages/frame.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { childrenOf } from '../harness/processes.ts';
import { restic } from '../harness/restic.ts';
import { keepScreens } from '../harness/screens.ts';
import { protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

function helperOf(app: number): number {
  const isHelper = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('helper.js');
  const found = childrenOf(app).find(({ pid }) => isHelper(pid));
  if (found === undefined) throw new Error('the app has no helper');
  return found.pid;
}

test('a helper that is killed is said so, comes back, and the next backup works', async ({ world, start }) => {
  const source = world.folder('films');
  writeFiles(world, source, muchData(30));
  const repository = join(world.folder('disk'), 'backups');
  const { page, pid } = await start();
  await protect(page, source, repository, { name: 'Films', liveReadMiBps: 40 });
  const { cards, backUpNow, source: inRail } = frame(page);
  await backUpNow();
  await expect.poll(() => bytesBelow(join(repository, 'data'))).toBeGreaterThan(20 * 1024 * 1024);
  const killed = helperOf(pid);
  process.kill(killed, 'SIGKILL');

  await expect(cards).toContainText('The part of Stillpoint that does the work stopped');
  await expect(cards).toContainText('What was stored is kept.');
  await expect(inRail('Films')).toHaveAccessibleName(/failed/);
  await keepScreens(page, import.meta.filename, '1-killed');
  await timeline(page).asTable();
  await expect(timeline(page).rows('interrupted')).toHaveCount(1);

  await backUpNow();
  await expect(inRail('Films')).toHaveAccessibleName(/safe/, { timeout: 60_000 });
  expect(helperOf(pid)).not.toBe(killed);
  await keepScreens(page, import.meta.filename, '2-again');
  expect(restic(world, repository, 'check')).toContain('no errors were found');
});
