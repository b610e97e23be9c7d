import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../../shared/domain/ids.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { diskError, faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { type DirectoryLiteral, dir, file, type Literal, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';
import type { PruneLimits } from './prune-limits.ts';

function someTree(random: SeededRandom, contents: readonly Buffer[], depth = 2): DirectoryLiteral {
  const entries: Record<string, Literal> = {};
  for (let n = random.int(5); n >= 0; n -= 1) entries[`file-${n}`] = file(random.pick(contents));
  for (let n = depth === 0 ? 0 : random.int(3); n > 0; n -= 1)
    entries[`dir-${n}`] = dir(someTree(random, contents, depth - 1));
  return entries;
}

/** A history by several writers, some of whom stored what others had, with blobs that no snapshot has. */
async function history(random: SeededRandom) {
  const contents = Array.from({ length: 14 }, () => random.bytes(1 + random.int(20_000)));
  const packTarget = random.pick([8_000, 40_000, 100_000]);
  const { backend, repository } = await memoryRepository({ packTarget });
  const options = { ...testOptions, packTarget };
  const ids: SnapshotId[] = [];
  for (let n = 0; n < 8; n += 1) {
    const writer = random.int(2) === 0 ? repository : await openRepository(backend, options);
    if (random.int(3) === 0) {
      // Begun before the other stores: it cannot know of what that adds.
      await withWriter(writer, async (into) => {
        const other = await openRepository(backend, options);
        ids.push((await storeSnapshot(other, someTree(random, contents), { timeNs: BigInt(n) })).id);
        for (const bytes of contents.slice(random.int(10))) await into.saveBlob('data', bytes);
      });
    } else ids.push((await storeSnapshot(writer, someTree(random, contents), { timeNs: BigInt(n) })).id);
  }
  return { backend, options, gone: new Set(ids.filter(() => random.int(2) === 0)) };
}

function someLimits(random: SeededRandom): PruneLimits {
  return {
    maxUnused: random.pick([
      { kind: 'bytes', bytes: 0 },
      { kind: 'bytes', bytes: 20_000 },
      { kind: 'percent', percent: 5 },
      { kind: 'percent', percent: 40 },
      { kind: 'unlimited' },
    ]),
    maxRepackBytes: random.pick([Number.POSITIVE_INFINITY, 0, 60_000]),
    repackSmall: random.int(2) === 0,
    onlyWorthwhile: random.int(3) === 0,
  };
}

async function contentOf(repository: Repository): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await repository.loadIndex();
  for (const { id, tree } of (await repository.snapshots.list()).snapshots) {
    for await (const { path, node } of repository.walk(tree)) {
      for (const blob of node.content ?? []) await repository.loadBlob('data', blob);
      found[`${id} ${path}`] = (node.content ?? []).join();
    }
  }
  return found;
}

const bytesIn = async (backend: MemoryBackend): Promise<number> =>
  (await backend.list('pack')).reduce((sum, { size }) => sum + size, 0);

describe('a prune of any repository', () => {
  it.each(Array.from({ length: 24 }, (_, seed) => seed + 1))(
    'does what it announced and changes nothing of what stays (seed %d)',
    async (seed) => {
      const random = new SeededRandom(seed * 7919);
      const { backend, options, gone } = await history(random);
      const limits = someLimits(random);
      const opened = await openRepository(backend, options);
      const expected = Object.entries(await contentOf(opened)).filter(
        ([key]) => !gone.has(key.split(' ')[0] as SnapshotId),
      );
      const before = await bytesIn(backend);
      const { figures, pruned } = await opened.locks.withLock({ mode: 'exclusive' }, async (lock) => {
        const plan = await opened.planPrune(lock, { limits, without: gone });
        await opened.snapshots.remove(lock, [...gone]);
        return { figures: plan.figures, pruned: await plan.carryOut() };
      });
      expect(before - (await bytesIn(backend))).toBe(figures.freedBytes);
      expect(pruned).toMatchObject({
        bytesDeleted: figures.deleteBytes + figures.repackBytes,
        packsDeleted: figures.deletePacks + figures.repackPacks,
        ...{ packsWritten: figures.newPacks, bytesWritten: figures.newBytes },
        ...{ remainingBytes: figures.remainingBytes, damage: [], shortOf: 0, left: 0 },
      });
      const again = await openRepository(backend, options);
      expect(Object.entries(await contentOf(again))).toEqual(expected);
      const { findings } = await assertHealthy(again);
      expect(findings.filter(({ code }) => code === 'pack-unlisted')).toEqual([]);
      if (figures.remainingBytes === 0) expect(findings).toEqual([]);
      const next = await again.locks.withLock({ mode: 'shared' }, (lock) => again.planPrune(lock, { limits }));
      expect(next.figures).toMatchObject({ deletePacks: 0, neededBytes: figures.neededBytes });
      if (limits.maxRepackBytes === Number.POSITIVE_INFINITY)
        expect(next.figures.remainingBytes).toBe(figures.remainingBytes);
    },
  );

  it.each([1, 2, 3])(
    'leaves it whole when it ends before any of its changes, and the next one finishes (seed %d)',
    async (seed) => {
      const random = new SeededRandom(seed * 104_729);
      const { backend, options, gone } = await history(random);
      const limits: PruneLimits = { maxUnused: { kind: 'bytes', bytes: 0 }, repackSmall: true };
      const removing = await openRepository(backend, options);
      await removing.locks.withLock({ mode: 'exclusive' }, (lock) => removing.snapshots.remove(lock, [...gone]));
      const expected = await contentOf(removing);
      const { backend: copy } = await memoryRepository();
      let changes = 0;
      for (let nth = 1; ; nth += 1) {
        copy.files.clear();
        for (const [key, bytes] of backend.files) copy.files.set(key, Buffer.from(bytes));
        const breaking = faulty(copy);
        const repository = await openRepository(breaking, options);
        const lock = await repository.locks.acquire({ mode: 'exclusive' });
        const plan = await repository.planPrune(lock, { limits });
        changes = 0;
        const count = (): void => {
          changes += 1;
          if (changes >= nth) throw diskError();
        };
        for (const kind of ['index', 'pack'] as const) {
          breaking.on('save', kind).every().calls(count);
          breaking.on('remove', kind).every().calls(count);
        }
        const isDone = await plan.carryOut().then(
          () => true,
          () => false,
        );
        breaking.heal();
        await lock.release();
        const after = await openRepository(copy, options);
        expect(await contentOf(after)).toEqual(expected);
        const { findings } = await assertHealthy(after);
        expect(findings.filter(({ code }) => code !== 'pack-unlisted' && code !== 'blobs-unused')).toEqual([]);
        const last = await openRepository(copy, options);
        await last.locks.withLock({ mode: 'exclusive' }, async (held) =>
          (await last.planPrune(held, { limits })).carryOut(),
        );
        const finished = await openRepository(copy, options);
        expect((await assertHealthy(finished)).findings).toEqual([]);
        expect(await contentOf(finished)).toEqual(expected);
        if (isDone) break;
      }
      expect(changes).toBeGreaterThan(10);
    },
    30_000,
  );
});
