import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { precopySteps } from './index.ts';
import { levelOf, openPrecopyScene, textOf } from './testing/precopy-scene.ts';

const missing = whyNoLoopFilesystem('btrfs');
describe.skipIf(missing !== undefined)(missing ?? 'a source in a btrfs subvolume', () => {
  it.each(['', 'user'])('is held, by its own root or by a folder in it: %j', async (below) => {
    await using scene = await openPrecopyScene('btrfs');
    const home = join(scene.mountPoint, '@home');
    execFileSync('btrfs', ['subvolume', 'create', home], { stdio: 'ignore' });
    mkdirSync(join(home, 'user'));
    const path = join(home, 'user', 'file');
    writeFileSync(path, 'content');
    const copied = await scene.copyOf(await examineFolder(join(home, below)));
    expect(levelOf(copied)).toBe('filesystem');
    expect(textOf(copied, join('user', 'file').slice(below === '' ? 0 : 5))).toBe('content');
  });

  it('has what is opened in it after the look at all programs looked at again', async () => {
    await using scene = await openPrecopyScene('btrfs');
    const home = join(scene.mountPoint, '@home');
    execFileSync('btrfs', ['subvolume', 'create', home], { stdio: 'ignore' });
    const path = join(home, 'file');
    writeFileSync(path, 'before');
    let fd: number | undefined;
    try {
      const copied = await scene.copyOf(await examineFolder(home), {
        steps: {
          withFrozen: (guard, work) => {
            fd ??= openSync(path, 'r+');
            return precopySteps.withFrozen(guard, work);
          },
          scanAfter: async (...args) => {
            const scan = await precopySteps.scanAfter(...args);
            expect(scan.writers.length).toBeGreaterThan(0);
            return scan;
          },
        },
      });
      if (fd !== undefined) writeSync(fd, 'later');
      expect(copied.evidence.tracking).toMatchObject({ doubts: [], retries: [] });
      expect(textOf(copied, 'file')).toBe('before');
      expect(levelOf(copied)).toBe('filesystem');
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  });
});
