import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initRepository, LocalBackend, openRepository, type Repository, type Snapshot } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { file, storeSnapshot } from '../repository/testing/tree-literal.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../system/testing/loop-filesystem.ts';
import { lockExclusively } from './lock-exclusively.ts';
import { prune } from './prune.ts';
import { takeLock } from './take-lock.ts';
import { reporting, runId, signal } from './testing/kept-world.ts';

const megabyte = 1024 * 1024;
const options = { ...testOptions, packTarget: megabyte };
const writer = fileURLToPath(new URL('../repository/testing/run-writer.ts', import.meta.url));
const random = new SeededRandom(61);

for (const type of ['ext4', 'xfs'] as const) {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(`a repository on a full ${type}${missing ? ` (${missing})` : ''}`, () => {
    let disk: LoopFilesystem;
    let root: string;
    let first: Snapshot;
    const open = (): Promise<Repository> => openRepository(new LocalBackend(root), options);
    const reserve = (): number => statSync(join(root, 'stillpoint-reserve')).size;

    beforeEach(async () => {
      disk = await openLoopFilesystem({ type, sizeMiB: 64 });
      root = join(disk.mountPoint, 'repository');
      const repository = await initRepository(new LocalBackend(root), options);
      await (await takeLock(repository, reporting().report, signal)).release();
      first = await storeSnapshot(repository, { a: file(random.bytes(6 * megabyte)) }, { timeNs: 1n });
      await storeSnapshot(repository, { b: file(random.bytes(100_000)) }, { timeNs: 2n });
      fill(disk.mountPoint, 12 * megabyte);
    });
    afterEach(() => disk.close());

    /** All that there was is whole, with nothing said but of what nothing needs. */
    async function judge(snapshots: number): Promise<void> {
      const report = await assertHealthy(await open());
      expect(report.snapshots).toBe(snapshots);
      expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    }

    /** Forgets the first snapshot, and gives back what it alone needed. */
    async function forgetAndPrune(): Promise<number> {
      const repository = await open();
      const { report } = reporting();
      const lock = await lockExclusively(repository, report, signal, 0);
      await repository.snapshots.remove(lock, [first.id]);
      await lock.release();
      const { result } = await prune(repository, { runId, dryRun: false, limits: {} }, report, signal);
      expect(result).toMatchObject({ outcome: 'done', error: null });
      return result.bytes;
    }

    it('ends a backup in clear words and loses nothing; the room for deleting stays, and what was stored is used again', async () => {
      const before = reserve();
      const large = Array.from({ length: 30 }, () => random.bytes(megabyte));
      const store = async (repository: Repository): Promise<number> => {
        const lock = await takeLock(repository, reporting().report, signal);
        try {
          return await repository.withWriter(lock, {}, async (into) => {
            for (const blob of large) await into.saveBlob('data', blob);
            return into.progress.blobsKnown;
          });
        } finally {
          await lock.release();
        }
      };
      await expect(store(await open())).rejects.toMatchObject({
        kind: 'repository-full',
        message: expect.stringContaining('is full'),
        guidance: expect.stringMatching(/Free some space .* What was already stored is kept/),
      });
      await judge(2);
      // To the last block: not even a lock can be written, and a backup says so as well.
      fill(disk.mountPoint, 0, 'more');
      await expect(store(await open())).rejects.toMatchObject({ kind: 'repository-full' });
      expect(reserve()).toBe(before);
      await judge(2);
      for (const name of ['ballast', 'more']) rmSync(join(disk.mountPoint, name));
      expect(await store(await open())).toBeGreaterThanOrEqual(5);
      await judge(2);
    });

    it('lets a forget and a prune work right after a backup that did not fit', async () => {
      const tooLarge = { c: file(random.bytes(30 * megabyte)) };
      await expect(storeSnapshot(await open(), tooLarge, { timeNs: 3n })).rejects.toMatchObject({
        kind: 'repository-full',
      });
      fill(disk.mountPoint, 0, 'more');
      expect(await forgetAndPrune()).toBeGreaterThan(5 * megabyte);
      await judge(1);
      // And the room for the next time is kept back again.
      expect(reserve()).toBeGreaterThan(0);
      await storeSnapshot(await open(), { d: file('d') }, { timeNs: 4n });
      await judge(2);
    });

    it('is whole after a backup was killed on it, or ended by it, and gives back what that stored', async () => {
      for (const [round, killAfter] of [3, 20, Number.POSITIVE_INFINITY].entries()) {
        const child = spawn(process.execPath, [writer, root, String(round)], { stdio: ['ignore', 'pipe', 'ignore'] });
        const ended = once(child, 'exit');
        for await (const line of createInterface({ input: child.stdout })) {
          if (Number(line) >= killAfter) child.kill('SIGKILL');
        }
        const [code, by] = await ended;
        if (killAfter === Number.POSITIVE_INFINITY) expect(code).not.toBe(0);
        else expect(by).toBe('SIGKILL');
        await judge(2);
      }
      fill(disk.mountPoint, 0, 'more');
      expect(await forgetAndPrune()).toBeGreaterThan(6 * megabyte);
      await judge(1);
      expect((await (await open()).locks.list()).length).toBe(0);
    });
  });
}

/** Writes until so many bytes are left, or until not one more byte fits. */
function fill(folder: string, left: number, name = 'ballast'): void {
  let fd: number;
  try {
    fd = openSync(join(folder, name), 'w');
  } catch {
    return;
  }
  try {
    for (let size = megabyte; size >= 1; size = Math.floor(size / 2)) {
      for (;;) {
        const { bavail, bsize } = statfsSync(folder);
        if (left > 0 && bavail * bsize - size < left) break;
        try {
          writeSync(fd, Buffer.alloc(size, 1));
          fsyncSync(fd);
        } catch {
          break;
        }
      }
    }
  } finally {
    closeSync(fd);
  }
  // What no file can have more of may still do for a new one.
  for (let n = 0; left === 0 && n < 2_000; n += 1) {
    try {
      writeFileSync(join(folder, `${name}-${n}`), 'x', { flush: true });
    } catch {
      return;
    }
  }
}
