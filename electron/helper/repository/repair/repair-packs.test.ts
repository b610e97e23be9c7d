import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend/contract.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { atEveryStep } from '../testing/break-after.ts';
import { faulty } from '../testing/faulty.ts';
import { flip, keysOf } from '../testing/memory-copy.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';
import type { PackRepair } from './repair-packs.ts';

const random = new SeededRandom(92);
const open = (backend: Backend): Promise<Repository> => openRepository(backend, testOptions);

/** One pack of data with six blobs, one of trees. */
async function sample(): Promise<{ backend: MemoryBackend; pack: string }> {
  const { backend, repository } = await memoryRepository();
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`file-${n}`, file(random.bytes(5_000 + n))]));
  await storeSnapshot(repository, files);
  const bySize = keysOf(backend, 'pack').sort(
    (one, other) => (backend.files.get(other)?.length ?? 0) - (backend.files.get(one)?.length ?? 0),
  );
  return { backend, pack: bySize[0] ?? '' };
}

async function repair(backend: Backend): Promise<PackRepair> {
  const repository = await open(backend);
  return repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
    const plan = await repository.planPackRepair(lock);
    await plan.carryOut(lock);
    return plan;
  });
}

/** Blobs of files that can be read. */
async function readable(backend: Backend): Promise<number> {
  const repository = await open(backend);
  let count = 0;
  for (const { tree } of (await repository.snapshots.list()).snapshots)
    for await (const { node } of repository.walk(tree))
      for (const blob of node.content ?? [])
        count += await repository.loadBlob('data', blob).then(
          () => 1,
          () => 0,
        );
  return count;
}

describe('repairing packs', () => {
  it('finds nothing to do where nothing is damaged', async () => {
    const { backend } = await sample();
    const before = new Map(backend.files);
    expect(await repair(backend)).toMatchObject({ damaged: [], packsRead: 2, lost: { total: 0 } });
    expect(new Map(backend.files)).toEqual(before);
  });

  it('saves what opens of a damaged pack, drops the rest, and says which file that is', async () => {
    const { backend, pack } = await sample();
    flip(backend, pack, 7_000);
    const plan = await repair(backend);
    expect(plan.damaged).toMatchObject([{ pack: pack.slice(5), saved: 5, gone: 1 }]);
    expect(plan.lost.total).toBe(1);
    expect(plan.lost.losses[0]?.where).toMatch(/:\/file-1$/);
    expect(backend.files.has(pack)).toBe(false);
    expect(await readable(backend)).toBe(5);
    const { findings } = await (await open(backend)).check({ readData: true });
    expect(findings.map(({ code }) => code)).toEqual(['blob-missing']);
  });

  it.each([
    ['its header', -20],
    ['its length', -1],
  ])('saves everything where only %s is damaged', async (_, at) => {
    const { backend, pack } = await sample();
    flip(backend, pack, at);
    expect((await repair(backend)).damaged).toMatchObject([{ saved: 6, gone: 0 }]);
    expect(await readable(backend)).toBe(6);
    expect((await assertHealthy(await open(backend))).findings).toEqual([]);
  });

  it('saves what is left of a pack that was cut off', async () => {
    const { backend, pack } = await sample();
    backend.files.set(pack, (backend.files.get(pack) ?? Buffer.alloc(0)).subarray(0, 16_000));
    expect((await repair(backend)).damaged).toMatchObject([{ saved: 3, gone: 3 }]);
    expect(await readable(backend)).toBe(3);
  });

  it('does nothing about a pack that reads well a second time', async () => {
    const { backend: inner } = await sample();
    const before = new Map(inner.files);
    const backend = faulty(inner);
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      backend.on('load', 'pack').nth(1).flipsByte(7_000);
      const plan = await repository.planPackRepair(lock);
      expect(plan.damaged).toEqual([]);
      await plan.carryOut(lock);
    });
    const withoutLocks = [...inner.files].filter(([key]) => !key.startsWith('lock/'));
    expect(new Map(withoutLocks)).toEqual(before);
  });

  it('deletes nothing that reads well a third time', async () => {
    const { backend: inner, pack } = await sample();
    const backend = faulty(inner);
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      for (const reading of [1, 2, 3]) backend.on('load', 'pack').nth(reading).flipsByte(7_000);
      const plan = await repository.planPackRepair(lock, { packs: [pack.slice('pack/'.length)] });
      expect(plan.damaged.length).toBe(1);
      await plan.carryOut(lock);
    });
    expect(inner.files.has(pack)).toBe(true);
  });

  it('loses nothing that could be read to a kill at any step', async () => {
    const { backend, pack } = await sample();
    flip(backend, pack, 7_000);
    const steps = await atEveryStep(
      backend,
      open,
      async (repository, lock) => {
        const plan = await repository.planPackRepair(lock);
        return () => plan.carryOut(lock);
      },
      async (copy) => {
        expect(await readable(copy)).toBe(5);
        await repair(copy);
        expect(await readable(copy)).toBe(5);
      },
    );
    expect(steps).toBeGreaterThan(3);
  });

  describe('of blobs that are there twice', () => {
    /** Two packs of data with the same six blobs at the same places. */
    async function twice(): Promise<{ backend: MemoryBackend; packs: readonly string[] }> {
      const { backend, repository } = await memoryRepository();
      const content = Array.from({ length: 6 }, (_, n) => random.bytes(5_000 + n));
      const files = Object.fromEntries(content.map((bytes, n) => [`file-${n}`, file(bytes)]));
      const other = await open(backend);
      await other.locks.withLock({ mode: 'shared' }, (lock) =>
        other.withWriter(lock, {}, async (writer) => {
          // Both write it before either can know of the other.
          await storeSnapshot(repository, files);
          for (const bytes of content) await writer.saveBlob('data', bytes);
        }),
      );
      const packs = keysOf(backend, 'pack').filter((key) => (backend.files.get(key)?.length ?? 0) > 20_000);
      expect(packs).toHaveLength(2);
      return { backend, packs };
    }

    it('saves what opens where the other copy is in a pack that is not there', async () => {
      const { backend, packs } = await twice();
      const [gone = '', damaged = ''] = packs;
      backend.files.delete(gone);
      flip(backend, damaged, 7_000);
      expect((await repair(backend)).damaged).toMatchObject([{ saved: 5 }]);
      expect(backend.files.has(damaged)).toBe(false);
      expect(await readable(backend)).toBe(5);
    });

    it('saves what opens where nobody looked into the pack of the other copy', async () => {
      const { backend, packs } = await twice();
      const [other = '', named = ''] = packs;
      flip(backend, other, 12_000);
      flip(backend, named, 7_000);
      const repository = await open(backend);
      await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
        const plan = await repository.planPackRepair(lock, { packs: [named.slice(5)] });
        await plan.carryOut(lock);
      });
      expect(backend.files.has(named)).toBe(false);
      expect(await readable(backend)).toBe(6);
    });

    it('writes nothing again that was read whole in another pack', async () => {
      const { backend, packs } = await twice();
      flip(backend, packs[0] ?? '', 7_000);
      expect((await repair(backend)).damaged).toMatchObject([{ saved: 0, gone: 0 }]);
      expect(await readable(backend)).toBe(6);
    });
  });

  it('refuses while an index file is damaged: what only that lists would be left out', async () => {
    const { backend, pack } = await sample();
    flip(backend, pack, 7_000);
    flip(backend, keysOf(backend, 'index')[0] ?? '', 30);
    const before = new Map(backend.files);
    await expect(repair(backend)).rejects.toMatchObject({ kind: 'repository-damaged' });
    expect(new Map(backend.files)).toEqual(before);
  });
});
