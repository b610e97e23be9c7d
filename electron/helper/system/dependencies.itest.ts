import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../quiesce/testing/scratch-folder.ts';
import { filesystemsUnder } from './dependencies.ts';
import { findProgram, runProgramOk } from './exec.ts';
import { deviceNumber, mountOf } from './mounts.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from './testing/loop-filesystem.ts';

const missing = whyNoLoopFilesystem('ext4');

describe.skipIf(missing !== undefined)(missing ?? 'what a path stands on', () => {
  it('is its own filesystem, and that of the file behind its loop device', async () => {
    using folder = scratchFolder('stands-on');
    const below = deviceNumber(mountOf(folder.path));
    expect(filesystemsUnder(folder.path)).toContain(below);
    await withLoopFilesystem({ type: 'ext4', sizeMiB: 16, dir: folder.path }, (mountPoint, { mount }) => {
      expect([...filesystemsUnder(mountPoint)]).toEqual(expect.arrayContaining([deviceNumber(mount), below]));
    });
  });

  it('is that of the nearest parent for a path that is not there', () => {
    using folder = scratchFolder('stands-on');
    expect(filesystemsUnder(join(folder.path, 'not', 'there'))).toEqual(filesystemsUnder(folder.path));
  });

  it('is that of each layer for an overlay', async () => {
    await withLoopFilesystem({ type: 'ext4', sizeMiB: 16 }, async (mountPoint, { mount }) => {
      using folder = scratchFolder('stands-on');
      const [lower, merged] = [join(folder.path, 'lower'), join(folder.path, 'merged')];
      const [upper, work] = [join(mountPoint, 'upper'), join(mountPoint, 'work')];
      for (const directory of [lower, merged, upper, work]) mkdirSync(directory);
      const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
      await runProgramOk(findProgram('mount') ?? '', ['-t', 'overlay', '-o', layers, 'stillpoint', merged]);
      try {
        const found = filesystemsUnder(merged);
        expect([...found]).toEqual(
          expect.arrayContaining([deviceNumber(mountOf(merged)), deviceNumber(mount), deviceNumber(mountOf(lower))]),
        );
      } finally {
        await runProgramOk(findProgram('umount') ?? '', [merged]);
      }
    });
  });
});
