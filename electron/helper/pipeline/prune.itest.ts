import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  initRepository,
  LocalBackend,
  openRepository,
  type PruneLimits,
  type Repository,
} from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { testOptions, testPassword } from '../repository/testing/memory-repository.ts';
import { resticBinaries } from '../repository/testing/restic-program.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { file, type Literal, storeSnapshot } from '../repository/testing/tree-literal.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../system/testing/loop-filesystem.ts';
import { prune } from './prune.ts';
import { takeLock } from './take-lock.ts';
import { reporting, runId, signal } from './testing/kept-world.ts';

const options = { ...testOptions, packTarget: 1024 * 1024 };
const all: PruneLimits = { maxUnused: { kind: 'bytes', bytes: 0 } };
const random = new SeededRandom(23);

for (const type of ['ext4', 'xfs'] as const) {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(`a prune on a full ${type}${missing ? ` (${missing})` : ''}`, () => {
    let disk: LoopFilesystem | undefined;
    let root = '';

    afterEach(async () => {
      await disk?.close();
      disk = undefined;
    });

    /** A snapshot of `count` files, and one of those that `keep` names; the first is gone, and then the disk is full. */
    async function fullDisk(count: number, keep: (n: number) => boolean): Promise<Repository> {
      disk = await openLoopFilesystem({ type, sizeMiB: 96 });
      root = join(disk.mountPoint, 'repository');
      const repository = await initRepository(new LocalBackend(root), options);
      await (await takeLock(repository, reporting().report, signal)).release();
      const files = Array.from({ length: count }, (_, n) => [`f${n}`, file(random.bytes(200_000))] as const);
      const gone = await storeSnapshot(repository, Object.fromEntries<Literal>(files), { timeNs: 1n });
      const kept = files.filter((_, n) => keep(n));
      await storeSnapshot(repository, Object.fromEntries<Literal>(kept), { timeNs: 2n });
      await repository.locks.withLock({ mode: 'exclusive' }, (lock) => repository.snapshots.remove(lock, [gone.id]));
      fill(disk.mountPoint);
      await expect(repository.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-full' });
      return openRepository(new LocalBackend(root), options);
    }

    async function judge(repository: Repository): Promise<void> {
      const report = await assertHealthy(repository);
      expect(report).toMatchObject({ snapshots: 1, findings: [] });
      for (const { path, title } of resticBinaries()) {
        if (path === undefined) continue;
        const passwordFile = join(root, '../password');
        writeFileSync(passwordFile, testPassword, { mode: 0o600 });
        const said = execFileSync(path, ['--no-cache', '-r', root, '-p', passwordFile, 'check', '--read-data'], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        expect(said, title).toContain('no errors were found');
      }
    }

    it('gives back what is in whole packs and in parts of them, and keeps room back again', async () => {
      // The first third lies in packs of its own; of the rest every second file is needed.
      const repository = await fullDisk(90, (n) => n >= 40 && n % 2 === 0);
      const { report, events } = reporting();
      const { result, figures } = await prune(repository, { runId, dryRun: false, limits: all }, report, signal);
      expect(result).toMatchObject({ outcome: 'done', error: null, bytes: figures.freedBytes });
      expect(figures.freedBytes).toBeGreaterThan(12_000_000);
      const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
      expect(notes).toEqual(['The disk is full: the room that is kept back for deleting is used.']);
      await judge(repository);
      expect(statSync(join(root, 'stillpoint-reserve')).size).toBeGreaterThan(1_000_000);
    });

    it('gives back what is in parts of packs only, one after the other', async () => {
      const repository = await fullDisk(60, (n) => n % 2 === 0);
      const { report } = reporting();
      const { result } = await prune(repository, { runId, dryRun: false, limits: all }, report, signal);
      expect(result).toMatchObject({ outcome: 'done', error: null });
      expect(result.bytes).toBeGreaterThan(5_000_000);
      await judge(repository);
    });

    it('without the room that is kept back changes nothing, and says what would help', async () => {
      const repository = await fullDisk(20, (n) => n % 2 === 0);
      await repository.backend.releaseReserve?.();
      fill(disk?.mountPoint ?? '', 'more');
      const before = readdirSync(root, { recursive: true }).length;
      const { report } = reporting();
      const refused = prune(repository, { runId, dryRun: false, limits: all }, report, signal);
      await expect(refused).rejects.toMatchObject({ kind: 'repository-full' });
      expect(readdirSync(root, { recursive: true }).length).toBe(before);
      expect(existsSync(join(root, 'stillpoint-reserve'))).toBe(false);
    });
  });
}

/** Writes until the disk takes no byte more. */
function fill(folder: string, name = 'other-files'): void {
  const fd = openSync(join(folder, name), 'w');
  try {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
      for (;;) {
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
  for (let n = 0; n < 2_000; n += 1) {
    try {
      writeFileSync(join(folder, `${name}-${n}`), 'x', { flush: true });
    } catch {
      return;
    }
  }
}
