import { describe, expect, it } from 'vitest';
import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import type { Backend } from '../backend/contract.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { diskFull, faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { file, type Literal, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';
import type { CarryOutOptions, Pruned, PruneFigures } from './prune.ts';
import type { PruneLimits } from './prune-limits.ts';

const random = new SeededRandom(31);
const block = (length = 9_000): Buffer => random.bytes(length);
const packTarget = 100_000;
const options = { ...testOptions, packTarget };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, options);
const nothingUnused: PruneLimits = { maxUnused: { kind: 'bytes', bytes: 0 } };

/** Two snapshots whose files lie mixed in the same packs; the first is to go. */
async function mixed(files = 40, every = 2) {
  const { backend, repository } = await memoryRepository({ packTarget });
  const all = Array.from({ length: files }, (_, n) => [`file-${n}`, file(block())] as const);
  const kept: Record<string, Literal> = Object.fromEntries(all.filter((_, n) => n % every === 0));
  const gone = await storeSnapshot(repository, Object.fromEntries(all), { timeNs: 1n });
  const stays = await storeSnapshot(repository, kept, { timeNs: 2n });
  return { backend, repository, gone: gone.id, stays: stays.id };
}

interface Outcome {
  readonly figures: PruneFigures;
  readonly pruned: Pruned;
}

async function prune(
  backend: Backend,
  ids: readonly SnapshotId[] = [],
  limits: PruneLimits = nothingUnused,
  how: CarryOutOptions = {},
): Promise<Outcome> {
  const repository = await open(backend);
  return repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
    const plan = await repository.planPrune(lock, { limits, without: new Set(ids) });
    await repository.snapshots.remove(lock, ids);
    return { figures: plan.figures, pruned: await plan.carryOut(how) };
  });
}

const packsOf = (backend: MemoryBackend): [string, Buffer][] =>
  [...backend.files].filter(([key]) => key.startsWith('pack/'));
const bytesOf = (backend: MemoryBackend): number => packsOf(backend).reduce((sum, [, { length }]) => sum + length, 0);
const damage = (
  backend: MemoryBackend,
  place: { readonly pack: string; readonly offset: number } | undefined,
): void => {
  const bytes = backend.files.get(`pack/${place?.pack}`);
  if (!bytes || !place) throw new Error('there is no such blob');
  bytes[place.offset + 20] = (bytes[place.offset + 20] ?? 0) ^ 1;
};

describe('a prune', () => {
  it('deletes nothing where no snapshot is listed, until somebody says that this is meant', async () => {
    const { backend, repository, gone, stays } = await mixed();
    const kept = new Map(backend.files);
    for (const id of [gone, stays]) backend.files.delete(`snapshot/${id}`);
    await expect(prune(backend)).rejects.toMatchObject({ kind: 'repository-damaged' });
    const reclaim = (lock: HeldLock) => repository.planReclaim(lock, new Set());
    await expect(repository.locks.withLock({ mode: 'exclusive' }, reclaim)).rejects.toThrow('No snapshot is listed');
    expect(packsOf(backend).length).toBe([...kept.keys()].filter((key) => key.startsWith('pack/')).length);
    await prune(backend, [], { ...nothingUnused, evenWithoutSnapshots: true });
    expect(packsOf(backend)).toEqual([]);
    expect((await prune((await memoryRepository()).backend)).figures.packs).toBe(0);
  });

  it('deletes nothing where the snapshots come and go, whatever somebody says', async () => {
    const { backend: inner, gone, stays } = await mixed();
    const kept = new Map(inner.files);
    for (const id of [gone, stays]) inner.files.delete(`snapshot/${id}`);
    const forgetful = faulty(inner);
    forgetful
      .on('list', 'snapshot')
      .nth(3)
      .calls(() => {
        for (const [key, bytes] of kept) inner.files.set(key, bytes);
      });
    const meant = prune(forgetful, [], { ...nothingUnused, evenWithoutSnapshots: true });
    await expect(meant).rejects.toThrow('listed twice, and not the same');
    expect(packsOf(inner).length).toBeGreaterThan(3);
  });

  it('writes packs anew that are needed in part, and does exactly what it announced', async () => {
    const { backend, gone, stays } = await mixed();
    const before = bytesOf(backend);
    const packs = packsOf(backend).length;
    const { figures, pruned } = await prune(backend, [gone]);
    expect(figures).toMatchObject({ packs, bytes: before, remainingBytes: 0 });
    expect(figures.repackPacks).toBeGreaterThan(2);
    expect(figures.freedBytes).toBeGreaterThan(170_000);
    expect(pruned).toMatchObject({
      packsDeleted: figures.deletePacks + figures.repackPacks,
      bytesDeleted: figures.deleteBytes + figures.repackBytes,
      packsWritten: figures.newPacks,
      bytesWritten: figures.newBytes,
      ...{ remainingBytes: 0, damage: [], shortOf: 0, left: 0 },
    });
    expect(before - bytesOf(backend)).toBe(figures.freedBytes);
    const after = await open(backend);
    expect((await assertHealthy(after)).findings).toEqual([]);
    expect((await after.snapshots.list()).snapshots.map(({ id }) => id)).toEqual([stays]);
    const again = await prune(backend);
    expect(again.figures).toMatchObject({ deletePacks: 0, repackPacks: 0, freedBytes: 0 });
  });

  it('keeps the packs of trees and of data apart', async () => {
    const { backend, gone } = await mixed();
    await prune(backend, [gone]);
    const repository = await open(backend);
    await repository.loadIndex();
    const [{ tree } = { tree: '' as BlobId }] = (await repository.snapshots.list()).snapshots;
    const ofData = (await repository.loadTree(tree)).nodes.flatMap(({ content }) => content ?? []);
    const packs = new Set(ofData.map((id) => repository.locateBlob('data', id)?.pack));
    expect(packs.size).toBeGreaterThan(1);
    expect(packs).not.toContain(repository.locateBlob('tree', tree)?.pack);
  });

  it('leaves five percent, what was said, or everything, and writes again no more than was said', async () => {
    const { backend, gone } = await mixed(80, 3);
    const look = async (limits: PruneLimits): Promise<PruneFigures> => {
      const repository = await open(backend);
      return repository.locks.withLock(
        { mode: 'shared' },
        async (lock) => (await repository.planPrune(lock, { limits, without: new Set([gone]) })).figures,
      );
    };
    const all = await look(nothingUnused);
    const five = await look({});
    const half = await look({ maxUnused: { kind: 'percent', percent: 50 } });
    const unlimited = await look({ maxUnused: { kind: 'unlimited' } });
    const little = await look({ ...nothingUnused, maxRepackBytes: 150_000 });
    expect(five.remainingBytes).toBeLessThanOrEqual((five.neededBytes * 5) / 95);
    expect(half.remainingBytes).toBeLessThanOrEqual(half.neededBytes);
    expect(half.remainingBytes).toBeGreaterThan(five.remainingBytes);
    expect(all.repackPacks).toBeGreaterThan(half.repackPacks);
    expect(unlimited.repackBytes).toBeLessThan(all.repackBytes / 10);
    expect(little.repackBytes).toBeLessThanOrEqual(151_000);
    expect(little.repackPacks).toBeGreaterThan(0);
    const worthwhile = await look({ ...nothingUnused, onlyWorthwhile: true });
    expect(worthwhile.newBytes).toBeLessThanOrEqual(worthwhile.freedBytes + 1_000);
    const { pruned } = await prune(backend, [gone], {});
    expect(pruned.remainingBytes).toBe(five.remainingBytes);
    await assertHealthy(await open(backend));
  });

  it('keeps one copy of what is there twice, and first looks whether it is whole', async () => {
    for (const isDamaged of [false, true]) {
      const { backend, repository } = await memoryRepository({ packTarget });
      const content = Array.from({ length: 6 }, () => block());
      const other = await open(backend);
      await other.locks.withLock({ mode: 'shared' }, (lock) =>
        other.withWriter(lock, {}, async (writer) => {
          // Both write it before either can know of the other.
          await storeSnapshot(repository, Object.fromEntries(content.map((bytes, n) => [`${n}`, file(bytes)])));
          for (const bytes of content) await writer.saveBlob('data', bytes);
        }),
      );
      await repository.loadIndex();
      const [tree] = (await repository.snapshots.list()).snapshots;
      const [node] = (await repository.loadTree(tree?.tree as never)).nodes;
      const [id] = node?.content ?? [];
      if (id === undefined) throw new Error('no content');
      if (isDamaged) damage(backend, repository.locateBlob('data', id));
      const before = bytesOf(backend);
      const { figures, pruned } = await prune(backend, [], {});
      expect(figures).toMatchObject({ deletePacks: 1, repackPacks: 0, remainingBytes: 0 });
      expect(before - bytesOf(backend)).toBeGreaterThan(isDamaged ? 40_000 : 50_000);
      expect(pruned).toMatchObject({ packsDeleted: 1, damage: [] });
      const after = await open(backend);
      expect((await after.loadBlob('data', id)).length).toBe(9_000);
      if (!isDamaged) expect((await assertHealthy(after)).findings).toEqual([]);
    }
  });

  it('leaves a pack in which something needed is damaged, says of which file, and goes on with the others', async () => {
    const { backend, gone, stays, repository } = await mixed();
    await repository.loadIndex();
    const nodes = (await repository.loadTree((await repository.snapshots.list()).snapshots[1]?.tree as never)).nodes;
    const hurt = nodes.find(({ name }) => name.toString() === 'file-8')?.content?.[0];
    const place = repository.locateBlob('data', hurt as never);
    damage(backend, place);
    const { figures, pruned } = await prune(backend, [gone]);
    expect(pruned.damage).toEqual([
      {
        pack: place?.pack,
        text: expect.stringContaining('is damaged, and no other copy of it is whole'),
        affects: [`${stays.slice(0, 8)}:/file-8`],
      },
    ]);
    expect(backend.files.has(`pack/${place?.pack}`)).toBe(true);
    expect(pruned.packsDeleted).toBe(figures.deletePacks + figures.repackPacks - 1);
    expect(pruned.remainingBytes).toBeGreaterThan(10_000);
    const { findings } = await (await open(backend)).check({ readData: true });
    expect(new Set(findings.flatMap(({ severity, file: at }) => (severity === 'error' ? [at] : [])))).toEqual(
      new Set([place?.pack]),
    );
  });

  it('joins small packs when it is asked to, and unasked where there are many, never twice', async () => {
    const { backend, repository } = await memoryRepository({ packTarget });
    for (let n = 0; n < 4; n += 1) await storeSnapshot(repository, { [`f${n}`]: file(block()) }, { timeNs: BigInt(n) });
    expect((await prune(backend, [], {})).figures.repackPacks).toBe(0);
    const asked = await prune(backend, [], { repackSmall: true });
    expect(asked.figures).toMatchObject({ repackPacks: 8, newPacks: 2 });
    expect((await prune(backend, [], { repackSmall: true })).figures.repackPacks).toBe(0);
    for (let n = 0; n < 12; n += 1) await storeSnapshot(repository, { f: file(`${n}`) }, { timeNs: BigInt(n + 9) });
    // The small pack of trees that the first joining made goes with them.
    expect((await prune(backend, [], {})).figures).toMatchObject({ repackPacks: 25, newPacks: 2 });
    expect((await prune(backend, [], {})).figures.repackPacks).toBe(0);
    await assertHealthy(await open(backend));
  });

  it('joins the small index files that every backup leaves', async () => {
    const { backend, repository } = await memoryRepository({ packTarget });
    for (let n = 0; n < 9; n += 1) await storeSnapshot(repository, { f: file(block()) }, { timeNs: BigInt(n) });
    const { pruned } = await prune(backend, [], { maxUnused: { kind: 'unlimited' } });
    expect(pruned.indexFilesMerged).toBe(8);
    expect((await backend.list('index')).length).toBe(1);
    expect((await assertHealthy(await open(backend))).findings).toEqual([]);
  });

  it('leaves what it finished when it is cancelled, and the next one has less to do', async () => {
    const { backend, gone } = await mixed(400, 3);
    const cancel = new AbortController();
    let copied = 0;
    const onCopied = (bytes: number): void => {
      copied += bytes;
      if (copied > 1_700_000 / 2) cancel.abort();
    };
    const cut = prune(
      backend,
      [gone],
      { ...nothingUnused, maxRepackBytes: 10_000_000 },
      { signal: cancel.signal, onCopied },
    );
    await expect(cut).rejects.toMatchObject({ kind: 'cancelled' });
    await assertHealthy(await open(backend));
    expect(await (await open(backend)).locks.list()).toEqual([]);
    const before = packsOf(backend).length;
    const { figures } = await prune(backend);
    expect(before).toBeGreaterThan(figures.repackPacks);
    expect((await assertHealthy(await open(backend))).findings).toEqual([]);
  });

  it('ends where it is told that it is enough', async () => {
    const { backend, gone } = await mixed(400, 2);
    const { pruned } = await prune(backend, [gone], nothingUnused, { isEnough: () => true });
    expect(pruned).toMatchObject({ packsWritten: 0 });
    expect(pruned.left).toBeGreaterThan(10);
    await assertHealthy(await open(backend));
  });

  it('takes little at a time where there is little room, and says how much is missing where there is none', async () => {
    const { backend: inner, gone } = await mixed(120, 2);
    let room = 30_000;
    const backend = faulty(inner);
    const original = inner.save.bind(inner);
    inner.save = async (ref, bytes) => {
      if (ref.kind === 'pack' && bytes.length > room) throw diskFull();
      if (ref.kind === 'pack') room -= bytes.length;
      await original(ref, bytes);
    };
    const remove = inner.remove.bind(inner);
    inner.remove = async (ref) => {
      if (ref.kind === 'pack') room += (await inner.stat(ref)) ?? 0;
      return remove(ref);
    };
    const poor = await prune(backend, [gone]);
    expect(poor.pruned.shortOf).toBeGreaterThan(30_000);
    expect(poor.pruned.left).toBeGreaterThan(0);
    expect((await assertHealthy(await open(inner))).findings.filter(({ code }) => code === 'pack-unlisted')).toEqual(
      [],
    );
    room = 60_000;
    const { figures, pruned } = await prune(backend);
    expect(pruned).toMatchObject({ shortOf: 0, left: 0, remainingBytes: 0 });
    expect(figures.repackPacks).toBeGreaterThan(3);
    expect((await assertHealthy(await open(inner))).findings).toEqual([]);
  });

  it('begins with the reserve where even an index file does not fit', async () => {
    const { backend: inner, gone } = await mixed();
    const backend = faulty(inner);
    let released = 0;
    backend.on('save', 'index').every().fails(diskFull());
    Object.assign(backend, {
      releaseReserve: async () => {
        released += 1;
        backend.heal();
        return released === 1;
      },
    });
    const { pruned } = await prune(backend, [gone]);
    expect(released).toBe(1);
    expect(pruned).toMatchObject({ shortOf: 0, left: 0 });
    await assertHealthy(await open(inner));
  });

  it('needs the exclusive lock, and refuses while what is to go is there', async () => {
    const { backend, gone } = await mixed();
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      const plan = await repository.planPrune(lock);
      await expect(plan.carryOut()).rejects.toThrow('exclusive');
    });
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      const plan = await repository.planPrune(lock, { without: new Set([gone]) });
      await expect(plan.carryOut()).rejects.toThrow('does not know');
    });
    await expect(withWriter(repository, async () => repository.planPrune(null as never))).rejects.toThrow('writing');
  });

  it('changes nothing more once its lock is gone', async () => {
    const { backend, gone } = await mixed();
    const repository = await open(backend);
    const lock = await repository.locks.acquire({ mode: 'exclusive' });
    const plan = await repository.planPrune(lock, { limits: nothingUnused, without: new Set([gone]) });
    await repository.snapshots.remove(lock, [gone]);
    for (const key of backend.files.keys()) if (key.startsWith('lock/')) backend.files.delete(key);
    const before = [...backend.files.keys()];
    await expect(plan.carryOut()).rejects.toMatchObject({ kind: 'lock-lost' });
    expect([...backend.files.keys()]).toEqual(before);
    await lock.release();
  });
});
