import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalBackend } from '../backend/local/local-backend.ts';
import { initRepository, openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { testOptions, testPassword } from '../testing/memory-repository.ts';
import { ResticPlace } from '../testing/restic-program.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { judges } from '../testing/thorough.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import type { Pruned } from './prune.ts';
import type { PruneLimits } from './prune-limits.ts';

const pruner = fileURLToPath(new URL('../testing/run-pruner.ts', import.meta.url));
const random = new SeededRandom(15);
const all: PruneLimits = { maxUnused: { kind: 'bytes', bytes: 0 } };

/** How a process ended that was to be killed before its nth change. */
function endOf(root: string, nth: number): Promise<NodeJS.Signals | number | null> {
  const child = spawn(process.execPath, [pruner, root, String(nth)], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
}

async function prune(root: string, limits: PruneLimits = all): Promise<Pruned> {
  const repository = await openRepository(new LocalBackend(root), testOptions);
  return repository.locks.withLock({ mode: 'exclusive' }, async (lock) =>
    (await repository.planPrune(lock, { limits })).carryOut(),
  );
}

for (const { title, path, minor } of judges()) {
  describe.skipIf(path === undefined)(`a prune, judged by ${title}`, () => {
    let place: ResticPlace;

    beforeEach(() => {
      place = new ResticPlace(path ?? '', testPassword);
    });
    afterEach(() => place.dispose());

    /** Three snapshots with much in common, of files that lie mixed in their packs. */
    async function fill(repository: Repository): Promise<void> {
      const shared = Array.from({ length: 12 }, () => random.bytes(9_000));
      for (const [n, name] of ['one', 'two', 'three'].entries()) {
        const own = { own: file(random.bytes(30_000)), small: file(name) };
        const some = shared.filter((_, at) => at % (n + 1) === 0).map((bytes, at) => [`s${at}`, file(bytes)] as const);
        const timeNs = BigInt(Date.now() + n) * 1_000_000n;
        await storeSnapshot(repository, { ...Object.fromEntries(some), [name]: dir(own) }, { timeNs });
      }
    }

    it('leaves a repository that is whole when it is killed before any of its changes, and is finished by the next', async () => {
      const options = { ...testOptions, packTarget: 100_000 };
      await fill(await initRepository(new LocalBackend(place.root), options));
      const files = join(place.folder, 'files');
      mkdirSync(files);
      for (let n = 0; n < 6; n += 1) writeFileSync(join(files, `${n}`), random.bytes(20_000));
      await place.restic('backup', files, '--time', '2020-01-01 00:00:00');
      for (let n = 0; n < 3; n += 1) rmSync(join(files, `${n}`));
      await place.restic('backup', files, '--time', '2021-01-01 00:00:00');
      await fill(await openRepository(new LocalBackend(place.root), options));
      const whole = join(place.folder, 'whole');
      cpSync(place.root, whole, { recursive: true });
      let nth = 0;
      for (let end: NodeJS.Signals | number | null = 'SIGKILL'; end === 'SIGKILL'; ) {
        nth += 1;
        rmSync(place.root, { recursive: true, force: true });
        cpSync(whole, place.root, { recursive: true });
        end = await endOf(place.root, nth);
        expect(end).toBeOneOf(['SIGKILL', 0]);
        const report = await assertHealthy(await openRepository(new LocalBackend(place.root), testOptions));
        expect(report.snapshots).toBeGreaterThanOrEqual(6);
        await place.restic('check', '--read-data', '--no-lock');
        expect(await prune(place.root)).toMatchObject({ left: 0, damage: [], shortOf: 0 });
        const after = await assertHealthy(await openRepository(new LocalBackend(place.root), testOptions));
        expect(after.findings.filter(({ code }) => code === 'pack-unlisted')).toEqual([]);
      }
      expect(nth).toBeGreaterThan(20);
      await place.restic('check', '--read-data');
    }, 600_000);

    it('leaves restic’s prune nothing to do, and finds nothing to do after it', async () => {
      await place.restic('init');
      const files = join(place.folder, 'files');
      mkdirSync(files);
      for (let n = 0; n < 30; n += 1) writeFileSync(join(files, `${n}`), random.bytes(40_000));
      await place.restic('backup', files);
      for (let n = 0; n < 30; n += 2) rmSync(join(files, `${n}`));
      await place.restic('backup', files, '--tag', 'stays');
      await place.restic('forget', '--keep-tag', 'stays');
      const done = await prune(place.root);
      expect(done.bytesDeleted - done.bytesWritten).toBeGreaterThan(500_000);
      expect(done).toMatchObject({ remainingBytes: 0, damage: [] });
      await place.restic('check', '--read-data');
      // restic 0.14 has no figures for programs.
      const text = await place.restic('prune', '--dry-run', '--max-unused', '0', ...(minor > 14 ? ['--no-lock'] : []));
      expect(text).toMatch(/to repack:\s+0 blobs/);
      expect(text).toMatch(/to delete:\s+0 blobs/);
      await place.restic('backup', files);
      await place.restic('forget', 'latest', '--prune', '--max-unused', '0');
      const again = await prune(place.root);
      expect(again).toMatchObject({ bytesDeleted: 0, bytesWritten: 0, remainingBytes: 0 });
      await place.restic('check', '--read-data');
    });
  });
}
