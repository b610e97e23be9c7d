import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { mapShared, store, unmap } from '../testing/ordered-writer/ways/memory.ts';
import { precopySteps } from './index.ts';
import { justBefore, levelOf, openPrecopyScene, type RunOptions } from './testing/precopy-scene.ts';

const mib = 1024 * 1024;
const bytes = 80 * mib;

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(
  missing ?? 'a file of 80 MiB that is mapped and stored into all the time',
  () => {
    /** Stored into after each flush, and right before the freeze, which no ctime shows. */
    async function copied(options: Pick<RunOptions, 'environment' | 'longestStallMs'>) {
      await using scene = await openPrecopyScene('ext4');
      const path = join(scene.root, 'log');
      writeFileSync(path, Buffer.alloc(bytes, 1));
      const fd = openSync(path, 'r+');
      const at = mapShared(fd, bytes);
      closeSync(fd);
      try {
        return await scene.copy({
          ...options,
          steps: {
            pause: async () => {},
            flush: async (rootFd) => {
              await precopySteps.flush(rootFd);
              store(at, Buffer.of(2));
            },
            ...justBefore(() => store(at, Buffer.of(3))),
          },
        });
      } finally {
        unmap(at, bytes);
      }
    }

    it('is read inside where there is memory and time for it', async () => {
      const result = await copied({ environment: { deltaMemoryBytes: 256 * mib }, longestStallMs: 5000 });
      expect(result.files.get('log')?.bytes[0]).toBe(3);
      expect(result.evidence.tracking?.bytesInside).toBeGreaterThanOrEqual(bytes);
      expect(levelOf(result)).toBe('filesystem');
    });

    it('is refused with its name, its size and the limit where there is no memory for it', async () => {
      await expect(copied({ environment: { deltaMemoryBytes: 64 * mib }, longestStallMs: 5000 })).rejects.toMatchObject(
        {
          kind: 'freeze-refused',
          message: expect.stringMatching(/^80 MiB would have .*there is memory for 64 MiB\. .*\/log \(80 MiB\)\.$/),
          guidance: expect.stringContaining('while more memory is free'),
        },
      );
    });

    it('is refused where there is memory for it and no time', async () => {
      await expect(copied({ environment: { deltaMemoryBytes: 256 * mib }, longestStallMs: 30 })).rejects.toMatchObject({
        kind: 'freeze-refused',
        message: expect.stringMatching(/ms (are|that are) left for it.*\/log \(80 MiB\)/),
        guidance: expect.stringContaining('with a longer pause allowed'),
      });
    });
  },
);
