import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { LocalBackend } from '../backend/local/local-backend.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { testOptions, testPassword } from '../testing/memory-repository.ts';
import { ResticPlace } from '../testing/restic-program.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { judges } from '../testing/thorough.ts';
import type { SnapshotRepaired } from './repair-snapshots.ts';
import type { DamagedParts } from './rewrite-tree.ts';

for (const { title, path, minor } of judges()) {
  describe.skipIf(path === undefined)(`repairing what ${title} made, and it judges`, () => {
    let place: ResticPlace;
    let source: string;

    beforeEach(async () => {
      place = new ResticPlace(path ?? '', testPassword);
      source = join(place.folder, 'source');
      const random = new SeededRandom(97);
      mkdirSync(join(source, 'sub/deep'), { recursive: true });
      for (const name of ['one', 'sub/two', 'sub/deep/three']) writeFileSync(join(source, name), random.bytes(700_000));
      await place.restic('init');
      await place.restic('backup', source);
      writeFileSync(join(source, 'four'), random.bytes(700_000));
      await place.restic('backup', source);
    });
    afterEach(() => place.dispose());

    const open = (): Promise<Repository> => openRepository(new LocalBackend(place.root), testOptions);
    const snapshotsOf = async () => (await (await open()).snapshots.list()).snapshots;

    async function repairIndex(readAll = false) {
      const repository = await open();
      return repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
        const plan = await repository.planIndexRepair(lock, { readAll });
        await plan.carryOut(lock);
        return plan;
      });
    }

    async function repairPacks() {
      const repository = await open();
      return repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
        const plan = await repository.planPackRepair(lock);
        await plan.carryOut(lock);
        return plan;
      });
    }

    async function repairSnapshots(parts: DamagedParts, forget: boolean): Promise<SnapshotRepaired> {
      const repository = await open();
      return repository.locks.withLock({ mode: 'exclusive' }, async (lock) =>
        (await repository.planSnapshotRepair({ parts })).carryOut(lock, { forget }),
      );
    }

    const fileOf = (pack: string): string => join(place.root, 'data', pack.slice(0, 2), pack);

    /** The pack and place of the first blob of a file in the oldest snapshot. */
    async function firstBlobOf(wanted: string) {
      const repository = await open();
      await repository.loadIndex();
      const [snapshot] = (await repository.snapshots.list()).snapshots;
      for await (const { path: at, node } of repository.walk(snapshot?.tree as BlobId))
        if (at === `${source}/${wanted}`) return repository.locateBlob('data', node.content?.[0] as BlobId);
      throw new Error(`no ${wanted}`);
    }

    it('an index made anew of its packs', async () => {
      rmSync(join(place.root, 'index'), { recursive: true });
      mkdirSync(join(place.root, 'index'));
      expect((await place.tryRestic('check')).code).not.toBe(0);
      expect((await repairIndex()).lost.total).toBe(0);
      await place.restic('check', '--read-data');
      expect((await assertHealthy(await open())).findings).toEqual([]);
      await place.restic('backup', source);
      await place.restic('check', '--read-data');
    });

    it('an index of which one file is damaged', async () => {
      const [name = ''] = readdirSync(join(place.root, 'index'));
      const bytes = readFileSync(join(place.root, 'index', name));
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      rmSync(join(place.root, 'index', name));
      writeFileSync(join(place.root, 'index', name), bytes);
      expect((await repairIndex()).damagedFiles).toMatchObject([{ name }]);
      expect(existsSync(join(place.root, 'index', name))).toBe(false);
      await place.restic('check', '--read-data');
    });

    it.each(['rename', 'leave-out'] as const)(
      'damaged packs and the snapshots that needed them (%s)',
      async (parts) => {
        const { pack = '', offset = 0 } = (await firstBlobOf('sub/two')) ?? {};
        const bytes = readFileSync(fileOf(pack));
        bytes[offset + 100] = (bytes[offset + 100] ?? 0) ^ 1;
        rmSync(fileOf(pack));
        writeFileSync(fileOf(pack), bytes);
        expect((await place.tryRestic('check', '--read-data')).code).not.toBe(0);
        const plan = await repairPacks();
        expect(plan.damaged).toMatchObject([{ pack, gone: 1 }]);
        expect(plan.lost.total).toBeGreaterThan(0);
        const before = await snapshotsOf();
        const { written, forgotten } = await repairSnapshots(parts, true);
        expect(written.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
        expect(forgotten).toHaveLength(2);
        await place.restic('check', '--read-data');
        await assertHealthy(await open());
        for (const { as, id } of written) {
          const [seen] = JSON.parse(await place.restic('snapshots', '--json', as)) as Record<string, unknown>[];
          expect(seen).toMatchObject({ original: id, tags: ['repaired'] });
          const target = join(place.folder, `restored ${as.slice(0, 8)}`);
          await place.restic('restore', as, '--target', target);
          const names = readdirSync(join(target, source, 'sub')).sort();
          // It may have been of several parts, of which some are left.
          expect(names).toContain('deep');
          expect(names).not.toContain('two');
          if (parts === 'leave-out') expect(names).toEqual(['deep']);
          for (const name of ['one', 'sub/deep/three'])
            expect(readFileSync(join(target, source, name)).equals(readFileSync(join(source, name)))).toBe(true);
        }
        // What is gone is stored again by the next run, since it is in no index any more.
        await place.restic('backup', source, '--force');
        await place.restic('check', '--read-data');
        const target = join(place.folder, 'again');
        await place.restic('restore', 'latest', '--target', target);
        expect(readFileSync(join(target, source, 'sub/two')).equals(readFileSync(join(source, 'sub/two')))).toBe(true);
      },
    );

    it.skipIf(minor < 16)('restic finds the same snapshots damaged, and ours whole (since 0.16)', async () => {
      const { pack = '' } = (await firstBlobOf('one')) ?? {};
      const kept = join(place.folder, 'kept');
      cpSync(place.root, kept, { recursive: true });
      rmSync(fileOf(pack));
      const { missing } = await repairIndex();
      expect(missing).toEqual([pack]);
      const theirs = await place.restic('repair', 'snapshots', '--dry-run');
      const repository = await open();
      const plan = await repository.planSnapshotRepair({ parts: 'rename' });
      for (const { id } of plan.damaged) expect(theirs).toContain(id.slice(0, 8));
      // Restic names a file once, however many snapshots share its folder.
      const ours = plan.damaged.flatMap(({ losses }) => losses.map(({ path: at }) => at));
      const named = [...theirs.matchAll(/file "(.*)": removed missing content/g)].map(([, at]) => at);
      expect(named.length).toBeGreaterThan(0);
      expect([...new Set(ours)].sort()).toEqual([...new Set(named)].sort());
      await repairSnapshots('rename', true);
      expect(await place.restic('repair', 'snapshots', '--dry-run')).toMatch(/no snapshots (were|would be) modified/);
      await place.restic('check', '--read-data');
    });
  });
}
