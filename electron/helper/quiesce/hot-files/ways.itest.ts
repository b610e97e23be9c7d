import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { hotFileProblem, startHotFileWatch } from './index.ts';
import {
  expectedFile,
  killLater,
  neverAborted,
  openHotFile,
  readContent,
  reasonOf,
  watchOptions,
  whileFrozen,
} from './testing/scene.ts';
import { startScribe } from './testing/scribe.ts';

const mib = 1024 * 1024;
const fileBytes = 4 * mib + 1000;
const old = Buffer.alloc(fileBytes, 'old content, ');

/** Where, how much; the verdict that must come, if it is not `whole`; and which filesystems can do it. */
const ways: readonly (readonly [way: string, offset: number, length: number, on?: string, torn?: RegExp])[] = [
  ['pwrite', 8192, 4096],
  ['pwrite', 5000, 300_000],
  ['pwrite', 4 * mib - 50, 1050],
  ['pwritev', 12_000, 5000],
  ['direct', 16_384, 8192],
  ['append', 0, 10_000],
  ['aio', 20_480, 4096],
  ['uring', 24_576, 4096],
  ['uring', 24_576, 40_960],
  ['uring-worker', 28_672, 4096],
  ['uring-worker', 28_672, 40_960],
  ['uring-registered', 32_768, 4096],
  ['uring-polled', 36_864, 4096],
  ['uring-truncate', 2 * mib, 0],
  ['uring-punch', 8192, 8192],
  ['splice', 40_960, 100_000],
  ['sendfile', 45_000, 100_000],
  ['copy-file-range', 49_152, 65_536],
  ['clone', 0, 0, 'xfs btrfs'],
  ['punch', 53_248, 65_536],
  ['zero-range', 57_344, 65_536, 'ext4 xfs'],
  ['collapse', 65_536, 65_536, 'ext4 xfs'],
  ['insert', 65_536, 65_536, 'ext4 xfs'],
  ['truncate', mib + 7, 0],
  ['truncate', 0, 0],
  ['truncate-path', 3 * mib, 0],
  ['truncate-and-extend', mib + 4096, 0],
  ['open-truncating', 0, 0],
  ['openat2-truncating', 0, 0],
  ['rename-over', 0, 4096],
  ['write-and-unlink', 69_632, 4096],
  ['map-private', 73_728, 4096],
  ['map-shared', 73_728, 4096, 'ext4 xfs btrfs', /mapped it into memory/],
  ['read', 0, mib],
];

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'a file changed after the hold', () => {
    let filesystem: LoopFilesystem;
    let root: number;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 300, dir: '/dev/shm' });
      root = openSync(filesystem.mountPoint, 'r');
      expect(hotFileProblem(root)).toBeNull();
    });
    afterAll(async () => {
      closeSync(root);
      await filesystem.close();
    });

    const possible = ways.filter(([, , , on]) => on === undefined || on.includes(type));
    it.each(possible.map(([way, offset, length, , torn]) => ({ way, offset, length, torn })))(
      '$way at $offset, $length bytes',
      async ({ way, offset, length, torn }) => {
        using _killer = killLater(process.pid, 100);
        const path = join(filesystem.mountPoint, 'hot');
        // Another file each time: the kernel lets go of a ring's files some time after its process is gone.
        rmSync(path, { force: true });
        writeFileSync(path, old);
        await using watch = startHotFileWatch(watchOptions(root));
        watch.expect(expectedFile(path));
        await using scribe = startScribe();
        await scribe.open(path, way === 'direct' || way === 'aio');
        using file = openHotFile(path);
        await using hot = watch.newHotFiles();
        // Covered although it is open for writing: it was seen without a writer when the watch was new.
        expect(await hot.prepare([file], neverAborted)).toEqual([]);
        expect((await whileFrozen(filesystem.mountPoint, () => hot.hold())).value).toEqual([]);
        await scribe.change(way, offset, length);
        const { verdict, bytes } = await readContent(hot.content(file));
        if (torn === undefined) {
          expect(reasonOf(verdict)).toBe('whole');
          expect(verdict).toMatchObject({ meta: { size: BigInt(fileBytes) } });
          expect(bytes.equals(old)).toBe(true);
        } else expect(verdict).toMatchObject({ state: 'torn', reason: expect.stringMatching(torn) });
        // It did change, or nothing was shown.
        const changes = way !== 'read' && way !== 'map-private' && way !== 'write-and-unlink';
        if (changes) expect(readFileSync(path).equals(old)).toBe(false);
      },
    );
  });
});
