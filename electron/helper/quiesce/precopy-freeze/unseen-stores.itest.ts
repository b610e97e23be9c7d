import { appendFileSync, closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bind } from '../../system/libc.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { type MappedWriter, startMappedWriter } from '../testing/mapped-writer/index.ts';
import { mapShared, store } from '../testing/ordered-writer/ways/memory.ts';
import { precopySteps } from './index.ts';
import { justBefore, levelOf, openPrecopyScene, type PrecopyScene } from './testing/precopy-scene.ts';

const bytes = 4096;
const munmap = bind<(at: number, size: number) => number>('int munmap(uintptr_t, size_t)');

/** Whoever stores into a page that is dirty already leaves no trace: each of these is read at the wrong moment once. */
describe.each(['ext4', 'xfs'] as const)('stores that nothing tells of on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'are in the copy', () => {
    let scene: PrecopyScene;
    let writer: MappedWriter;
    let path: string;
    beforeEach(async () => {
      scene = await openPrecopyScene(type);
      writer = await startMappedWriter();
      path = join(scene.root, 'data');
      writeFileSync(path, Buffer.alloc(bytes, 'O'));
    });
    afterEach(async () => {
      vi.restoreAllMocks();
      await writer[Symbol.asyncDispose]();
      await scene[Symbol.asyncDispose]();
    });

    const heldIn = ({ files }: Awaited<ReturnType<PrecopyScene['copy']>>): number | undefined =>
      files.get('data')?.bytes[0];

    it('though the mapping was gone before anybody looked for it, and only a plain descriptor is left', async () => {
      let flushes = 0;
      let scans = 0;
      const result = await scene.copy({
        steps: {
          flush: async (fd) => {
            await precopySteps.flush(fd);
            flushes += 1;
            if (flushes !== 1) return;
            await writer.map(path, bytes, true);
            await writer.store(0, 1);
          },
          scanBefore: async (device, signal) => {
            scans += 1;
            if (scans === 1) {
              await writer.store(0, 2);
              await writer.unmap(true);
            }
            return precopySteps.scanBefore(device, signal);
          },
        },
      });
      expect([levelOf(result), heldIn(result)]).toEqual(['filesystem', 2]);
    });

    it('though the wall clock was set back after the flush', async () => {
      await writer.map(path, bytes);
      const hour = 3_600_000;
      const real = Date.now;
      const ahead = vi.spyOn(Date, 'now').mockImplementation(() => real() + hour);
      let flushes = 0;
      let scans = 0;
      const result = await scene.copy({
        steps: {
          flush: async (fd) => {
            await precopySteps.flush(fd);
            flushes += 1;
            if (flushes !== 1) return;
            ahead.mockRestore();
            await writer.store(0, 1);
          },
          scanBefore: async (device, signal) => {
            scans += 1;
            if (scans === 1) await writer.store(0, 2);
            return precopySteps.scanBefore(device, signal);
          },
        },
      });
      expect(heldIn(result)).toBe(2);
      expect(result.evidence.tracking?.retries).toEqual([
        expect.stringContaining('clock of this machine was set back'),
      ]);
    });

    it('in a run after one in which not everybody could be looked at: nothing counts from that', async () => {
      await writer.map(path, bytes);
      let flushes = 0;
      let scans = 0;
      const first = await scene.copy({
        steps: {
          pause: async () => {},
          flush: async (fd) => {
            await precopySteps.flush(fd);
            flushes += 1;
            if (flushes === 1) await writer.store(0, 1);
          },
          scanBefore: async (device, signal) => {
            scans += 1;
            if (scans === 1) await writer.store(0, 2);
            const scan = await precopySteps.scanBefore(device, signal);
            return { ...scan, writers: scan.writers.filter(({ pid }) => pid !== writer.pid) };
          },
          scanAfter: async () => ({ writers: [], gaps: ['1 open file is on its way.'], trusted: [] }),
        },
      });
      expect(levelOf(first)).toBe('per-file');
      expect(first.evidence.detail).not.toHaveProperty('checkpoint');
      expect(first.evidence.flushedAt).toBeNull();
      const second = await scene.copy();
      expect(second.evidence.tracking?.continuedFrom).toBeNull();
      expect([levelOf(second), heldIn(second)]).toEqual(['filesystem', 2]);
    });

    it('though the file was opened and mapped after the last look, and read into memory right before the pause', async () => {
      let address: number | undefined;
      let isLooked = false;
      const map = (): number => {
        const fd = openSync(path, 'r+');
        const mapped = mapShared(fd, bytes);
        closeSync(fd);
        return mapped;
      };
      const result = await scene.copy({
        steps: {
          ...justBefore(() => void (address !== undefined && store(address, Uint8Array.of(2)))),
          // Only what was mapped after the last look stays.
          scanBefore: (device, signal) => {
            if (address !== undefined) munmap(address, bytes);
            address = undefined;
            isLooked = true;
            return precopySteps.scanBefore(device, signal);
          },
          flush: async (fd) => {
            await precopySteps.flush(fd);
            if (!isLooked) return;
            appendFileSync(path, 'told of');
            address ??= map();
            store(address, Uint8Array.of(1));
          },
        },
      });
      if (address !== undefined) munmap(address, bytes);
      expect([levelOf(result), heldIn(result)]).toEqual(['filesystem', 2]);
    });
  });
});
