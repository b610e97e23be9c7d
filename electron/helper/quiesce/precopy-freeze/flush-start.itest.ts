import { closeSync, fstatSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coarseClockNs } from '../../system/coarse-clock.ts';
import { syncFilesystemSync } from '../../system/sync.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { droppedNs } from './settled.ts';

const times = 3000;

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'the clock that a flush is timed by', () => {
    it('is the one that stamps files: nothing that is written later bears less', async () => {
      await using filesystem = await openLoopFilesystem({ type, sizeMiB: 64 });
      const fd = openSync(join(filesystem.mountPoint, 'file'), 'w');
      try {
        let early = 0;
        for (let turn = 0; turn < times; turn += 1) {
          const startNs = coarseClockNs();
          writeSync(fd, 'x', 0);
          const { ctimeNs } = fstatSync(fd, { bigint: true });
          if (ctimeNs + droppedNs(ctimeNs) < startNs) early += 1;
        }
        expect(early).toBe(0);
      } finally {
        closeSync(fd);
      }
    });

    it('shows the first store of another process into a mapped page after the flush', async () => {
      await using filesystem = await openLoopFilesystem({ type, sizeMiB: 64 });
      const path = join(filesystem.mountPoint, 'mapped');
      writeFileSync(path, Buffer.alloc(4096));
      await using writer = await startMappedWriter();
      await writer.map(path, 4096);
      const fd = openSync(path, 'r');
      try {
        let early = 0;
        for (let turn = 0; turn < 100; turn += 1) {
          // Dirty: a store moves nothing now.
          await writer.store(0, turn % 251);
          const startNs = coarseClockNs();
          syncFilesystemSync(fd);
          await writer.store(0, (turn + 1) % 251);
          const { ctimeNs } = fstatSync(fd, { bigint: true });
          if (ctimeNs + droppedNs(ctimeNs) < startNs) early += 1;
        }
        expect(early).toBe(0);
      } finally {
        closeSync(fd);
      }
    });
  });
});
