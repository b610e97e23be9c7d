import { linkSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { precopySteps } from './index.ts';
import { justBefore, levelOf, openPrecopyScene } from './testing/precopy-scene.ts';

const files = 10_000;
const namesOfEach = 4;
const missing = whyNoLoopFilesystem('ext4');

/** Listing it takes much longer than writers may be held. */
function fill(folder: string): void {
  mkdirSync(folder);
  for (let index = 0; index < files; index += 1) {
    const path = join(folder, `file-${index}`);
    writeFileSync(path, '');
    for (let link = 1; link < namesOfEach; link += 1) linkSync(path, `${path}-${link}`);
  }
}

describe.skipIf(missing !== undefined)(missing ?? 'a folder with very many entries', () => {
  it('that changes right before the freeze is given up in time by ourselves, and not tried a third time', async () => {
    await using scene = await openPrecopyScene('ext4');
    const folder = join(scene.root, 'mail');
    fill(folder);
    const pauses: number[] = [];
    let changes = 0;
    const copying = scene.copy({
      longestStallMs: 100,
      steps: {
        pause: async (ms) => void pauses.push(ms),
        ...justBefore(() => writeFileSync(join(folder, `new-${changes++}`), '')),
      },
    });
    await expect(copying).rejects.toMatchObject({
      kind: 'freeze-ended-early',
      message: expect.stringMatching(/^The copy could not be made within the \d+ ms that writers may be held\.$/),
    });
    expect(changes).toBe(2);
    expect(pauses.filter((ms) => ms === 2000)).toEqual([]);
  });

  it('that changed during the last flush is listed before anybody is held', async () => {
    await using scene = await openPrecopyScene('ext4');
    const folder = join(scene.root, 'mail');
    fill(folder);
    let isDue = false;
    const result = await scene.copy({
      longestStallMs: 100,
      steps: {
        startGuard: async (options) => {
          const guard = await precopySteps.startGuard(options);
          isDue = true;
          return guard;
        },
        flush: async (fd) => {
          await precopySteps.flush(fd);
          if (isDue) writeFileSync(join(folder, 'new'), '');
          if (isDue) unlinkSync(join(folder, 'new'));
          isDue = false;
        },
      },
    });
    expect(levelOf(result)).toBe('filesystem');
    expect(result.evidence.tracking).toMatchObject({ retries: [], foldersInside: 0 });
  });
});
