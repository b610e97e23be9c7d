import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
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

const reclaimer = fileURLToPath(new URL('../testing/run-reclaimer.ts', import.meta.url));
const random = new SeededRandom(5);

/** How a process ended that was to be killed before its nth change. */
function endOf(root: string, nth: number): Promise<NodeJS.Signals | number | null> {
  const child = spawn(process.execPath, [reclaimer, root, String(nth)], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
}

for (const { title, path } of judges()) {
  describe.skipIf(path === undefined)(`giving space back, judged by ${title}`, () => {
    let place: ResticPlace;

    beforeEach(() => {
      place = new ResticPlace(path ?? '', testPassword);
    });
    afterEach(() => place.dispose());

    /** A snapshot of restic and three of ours, with data in common, in packs of one blob each and in shared ones. */
    async function fill(repository: Repository): Promise<void> {
      const shared = random.bytes(60_000);
      for (const name of ['one', 'two', 'three']) {
        const own = { own: file(random.bytes(90_000)), small: file(name) };
        await storeSnapshot(
          repository,
          { shared: file(shared), [name]: dir(own) },
          { timeNs: BigInt(Date.now()) * 1_000_000n },
        );
      }
    }

    it('leaves a repository that is whole when it is killed before any of its changes, and is finished by the next', async () => {
      await fill(await initRepository(new LocalBackend(place.root), { ...testOptions, packTarget: 50_000 }));
      await place.restic('backup', fileURLToPath(new URL('.', import.meta.url)), '--time', '2020-01-01 00:00:00');
      await fill(await openRepository(new LocalBackend(place.root), { ...testOptions, packTarget: 200_000 }));
      const whole = join(place.folder, 'whole');
      cpSync(place.root, whole, { recursive: true });
      let nth = 0;
      for (let end: NodeJS.Signals | number | null = 'SIGKILL'; end === 'SIGKILL'; ) {
        nth += 1;
        rmSync(place.root, { recursive: true, force: true });
        cpSync(whole, place.root, { recursive: true });
        end = await endOf(place.root, nth);
        expect(end).toBeOneOf(['SIGKILL', 0]);
        const repository = await openRepository(new LocalBackend(place.root), testOptions);
        const report = await assertHealthy(repository);
        expect(report.snapshots).toBeGreaterThanOrEqual(5);
        await place.restic('check', '--read-data', '--no-lock');
        await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
          const plan = await repository.planReclaim(lock, new Set());
          await plan.carryOut();
        });
        const after = await assertHealthy(await openRepository(new LocalBackend(place.root), testOptions));
        expect(after.findings.filter(({ code }) => code === 'pack-unlisted')).toEqual([]);
      }
      expect(nth).toBeGreaterThan(8);
      await place.restic('check', '--read-data');
    });

    it('gives back what restic’s own forget left behind, and leaves restic nothing to do in whole packs', async () => {
      await place.restic('init');
      const target = join(place.folder, 'files');
      cpSync(fileURLToPath(new URL('..', import.meta.url)), target, { recursive: true });
      await place.restic('backup', target);
      await place.restic('forget', 'latest');
      const repository = await openRepository(new LocalBackend(place.root), testOptions);
      const [unused] = await repository.measureFreeable([new Set()]);
      const done = await repository.locks.withLock({ mode: 'exclusive' }, async (lock) =>
        (await repository.planReclaim(lock, new Set(), { evenWithoutSnapshots: true })).carryOut(),
      );
      expect(done.bytes).toBe(unused?.bytes);
      expect(done.bytes).toBeGreaterThan(10_000);
      expect(await repository.backend.list('pack')).toEqual([]);
      await place.restic('check', '--read-data');
      await place.restic('backup', target);
      await place.restic('check', '--read-data');
    });
  });
}
