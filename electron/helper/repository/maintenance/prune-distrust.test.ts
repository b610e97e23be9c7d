import { describe, expect, it } from 'vitest';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';
import { nextBatch } from './batches.ts';

const random = new SeededRandom(77);

async function twoSnapshots() {
  const { backend, repository } = await memoryRepository();
  const one = await storeSnapshot(repository, { one: file(random.bytes(9_000)) }, { timeNs: 1n });
  const two = await storeSnapshot(repository, { two: file(random.bytes(9_000)) }, { timeNs: 2n });
  return { backend, one: one.id, two: two.id };
}

const healthy = async (backend: MemoryBackend): Promise<void> => {
  expect((await assertHealthy(await openRepository(backend, testOptions))).findings).toEqual([]);
};

describe('what a place answers', () => {
  it('is not believed when it lists a snapshot and does not give it: nothing is deleted', async () => {
    const { backend, one } = await twoSnapshots();
    const before = new Map(backend.files);
    const load = backend.load.bind(backend);
    backend.load = async (ref, ...rest) =>
      ref.kind === 'snapshot' && ref.name === one ? undefined : load(ref, ...rest);
    const repository = await openRepository(backend, testOptions);
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      const plans = [repository.planPrune(lock), repository.planReclaim(lock, new Set())];
      for (const plan of plans) await expect(plan).rejects.toMatchObject({ kind: 'repository-damaged' });
    });
    backend.load = load;
    expect(new Map(backend.files)).toEqual(before);
    await healthy(backend);
  });
});

describe('what a place keeps', () => {
  it.each(['pack', 'index'] as const)('is read back before what a new %s replaces goes', async (kind) => {
    for (const fault of ['lost', 'changed'] as const) {
      const { backend: inner, repository: writer } = await memoryRepository();
      const staying = file(random.bytes(9_000));
      const gone = await storeSnapshot(writer, { staying, gone: file(random.bytes(20_000)) }, { timeNs: 1n });
      await storeSnapshot(writer, { staying }, { timeNs: 2n });
      const backend = faulty(inner);
      const repository = await openRepository(backend, testOptions);
      await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
        const plan = await repository.planPrune(lock, {
          without: new Set([gone.id]),
          limits: { maxUnused: { kind: 'bytes', bytes: 0 } },
        });
        expect(plan.figures.newPacks).toBeGreaterThan(0);
        await repository.snapshots.remove(lock, [gone.id]);
        const times = backend.on('save', kind).every();
        if (fault === 'lost') times.isLost();
        else times.truncatesTo(200);
        await expect(plan.carryOut()).rejects.toMatchObject({
          kind: kind === 'pack' ? 'pack-verification-failed' : 'repository-damaged',
        });
      });
      const reader = await openRepository(inner, testOptions);
      if (kind === 'index' && fault === 'changed') continue;
      const { findings } = await reader.check({ readData: true });
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});

describe('a lock that is lost', () => {
  it('ends what a prune waits for: nothing of it may arrive when somebody else has the repository', async () => {
    const { backend: inner, one } = await twoSnapshots();
    const backend = faulty(inner);
    const repository = await openRepository(backend, testOptions);
    const lock = await repository.locks.acquire({ mode: 'exclusive' });
    const lost = new AbortController();
    const held = new Proxy(lock, {
      get: (target, key) => {
        if (key === 'lost') return lost.signal;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const plan = await repository.planPrune(held, { without: new Set([one]) });
    await repository.snapshots.remove(lock, [one]);
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    backend
      .on('remove', 'pack')
      .nth(1)
      .calls(() => {
        reach();
        return answered;
      });
    const done = plan.carryOut().catch((error: unknown) => error);
    await reached;
    lost.abort(new Error('lost'));
    expect(await done).toMatchObject({ kind: 'cancelled' });
    answer();
    await lock.release();
  });
});

describe('batches', () => {
  it('come down to one pack, also where nothing is said to be copied', () => {
    const source = { pack: 'x' as never, number: 0, size: 10, copied: 0, spare: 10 };
    expect(nextBatch([source, source, source], 0)).toHaveLength(1);
    expect(nextBatch([source, source, source], 1)).toHaveLength(3);
  });
});
