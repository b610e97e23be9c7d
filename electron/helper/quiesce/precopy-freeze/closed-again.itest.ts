import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgramOk } from '../../system/exec.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { mapShared, store, unmap } from '../testing/ordered-writer/ways/memory.ts';
import { precopySteps } from './index.ts';
import { justBefore, levelOf, openPrecopyScene, type PrecopyScene, textOf } from './testing/precopy-scene.ts';

const bytes = 4096;

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(
    missing ?? 'a file that was opened since the last look at all programs',
    () => {
      let scene: PrecopyScene;
      beforeEach(async () => {
        scene = await openPrecopyScene(type);
      });
      afterEach(() => scene[Symbol.asyncDispose]());

      /** Right after every look at all programs. */
      const afterLooks = (act: () => Promise<void>) => ({
        scanBefore: async (device: string, signal: AbortSignal) => {
          const scan = await precopySteps.scanBefore(device, signal);
          await act();
          return scan;
        },
      });

      it('is not read again in the pause once nobody can write to it any more', async () => {
        const path = join(scene.root, 'data');
        writeFileSync(path, 'old');
        const result = await scene.copy({
          steps: afterLooks(async () => void (await runProgramOk('/bin/sh', ['-c', 'printf new > "$1"', 'sh', path]))),
        });
        expect(textOf(result, 'data')).toBe('new');
        expect(result.evidence.tracking?.bytesInside).toBe(0);
        expect(levelOf(result)).toBe('filesystem');
      });

      it('is when it was mapped, stored into and closed after it had been read', async () => {
        const path = join(scene.root, 'data');
        writeFileSync(path, Buffer.alloc(bytes, 'O'));
        const result = await scene.copy({
          steps: {
            // So that it is read into memory.
            ...afterLooks(async () => void (await runProgramOk('/bin/sh', ['-c', ': >> "$1"', 'sh', path]))),
            ...justBefore(() => {
              const fd = openSync(path, 'r+');
              const at = mapShared(fd, bytes);
              closeSync(fd);
              store(at, Buffer.of(7));
              unmap(at, bytes);
            }),
          },
        });
        expect(result.files.get('data')?.bytes[0]).toBe(7);
        expect(levelOf(result)).toBe('filesystem');
      });
    },
  );
});
