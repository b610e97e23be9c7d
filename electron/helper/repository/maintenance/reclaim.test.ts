import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../../shared/domain/ids.ts';
import type { Backend } from '../backend/contract.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { diskError, diskFull, faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import type { Reclaimed } from './reclaim.ts';

const random = new SeededRandom(77);
const block = (): Buffer => random.bytes(40_000);
const options = { ...testOptions, packTarget: 30_000 };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, options);
const none: ReadonlySet<SnapshotId> = new Set();

/** Three snapshots: `shared` is in all of them, each has a file of its own; every large blob has a pack of its own. */
async function sample() {
  const { backend, repository } = await memoryRepository({ packTarget: 30_000 });
  const shared = block();
  const make = async (name: string, n: number) =>
    storeSnapshot(repository, { shared: file(shared), [name]: dir({ own: file(block()) }) }, { timeNs: BigInt(n) });
  return { backend, ids: [(await make('one', 1)).id, (await make('two', 2)).id, (await make('three', 3)).id] as const };
}

/** Removes the snapshots and gives their space back, as the pipeline does. */
async function reclaim(backend: Backend, ids: readonly SnapshotId[], signal?: AbortSignal): Promise<Reclaimed> {
  const repository = await open(backend);
  return repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
    const plan = await repository.planReclaim(lock, new Set(ids), { signal });
    await repository.snapshots.remove(lock, ids);
    return plan.carryOut(signal ? { signal } : {});
  });
}

const bytesOf = (backend: MemoryBackend, kind: string): number =>
  [...backend.files].filter(([key]) => key.startsWith(`${kind}/`)).reduce((sum, [, bytes]) => sum + bytes.length, 0);
const copyOf = (from: MemoryBackend, to: MemoryBackend): void => {
  to.files.clear();
  for (const [key, bytes] of from.files) to.files.set(key, Buffer.from(bytes));
};

describe('giving space back', () => {
  it('frees exactly what was measured before, and what is left is whole', async () => {
    const { backend, ids } = await sample();
    const sets = [none, new Set([ids[0]]), new Set([ids[0], ids[2]])];
    const measured = await (await open(backend)).measureFreeable(sets);
    expect(measured[0]).toEqual({ bytes: 0, behind: 0 });
    expect(measured[1]?.bytes).toBeGreaterThan(40_000);
    expect(measured[2]?.bytes).toBeGreaterThan(80_000);
    const before = bytesOf(backend, 'pack');
    const { bytes } = await reclaim(backend, [ids[0], ids[2]]);
    expect(bytes).toBe(measured[2]?.bytes);
    expect(before - bytesOf(backend, 'pack')).toBe(bytes);
    const report = await assertHealthy(await open(backend));
    expect(report).toMatchObject({ snapshots: 1, findings: [] });
    await expect((await open(backend)).measureFreeable([none])).resolves.toEqual([{ bytes: 0, behind: 0 }]);
  });

  it('deletes nothing when nothing is unused', async () => {
    const { backend } = await sample();
    const before = new Map(backend.files);
    expect(await reclaim(backend, [])).toEqual({ packs: 0, bytes: 0, behind: 0 });
    expect(new Map(backend.files)).toEqual(before);
  });

  it('leaves packs that are needed in part, and tells how much stays in them', async () => {
    const { backend, repository } = await memoryRepository({ packTarget: 10_000_000 });
    const own = block();
    const gone = await storeSnapshot(repository, { a: file(own), b: file('kept') }, { timeNs: 1n });
    await storeSnapshot(repository, { b: file('kept') }, { timeNs: 2n });
    const [measured] = await repository.measureFreeable([new Set([gone.id])]);
    expect(measured?.behind).toBeGreaterThanOrEqual(own.length);
    const result = await reclaim(backend, [gone.id]);
    expect(result).toMatchObject({ bytes: measured?.bytes, behind: measured?.behind });
    await assertHealthy(await open(backend));
  });

  it('removes what interrupted runs left: packs that no index lists', async () => {
    const { backend } = await sample();
    backend.files.set(`pack/${'0'.repeat(64)}`, Buffer.alloc(1000));
    expect((await (await open(backend)).measureFreeable([none]))[0]?.bytes).toBe(1000);
    expect(await reclaim(backend, [])).toMatchObject({ packs: 1, bytes: 1000 });
    expect((await assertHealthy(await open(backend))).findings).toEqual([]);
  });

  it('is whole after a crash at any step, loses nothing, and the next one finishes the work', async () => {
    const { backend, ids } = await sample();
    const whole = new Set([ids[1]]);
    const { backend: copy } = await memoryRepository();
    let step = 1;
    for (let isDone = false; !isDone; step += 1) {
      copyOf(backend, copy);
      const breaking = faulty(copy);
      const repository = await open(breaking);
      const lock = await repository.locks.acquire({ mode: 'exclusive' });
      const plan = await repository.planReclaim(lock, new Set([ids[0], ids[2]]));
      await repository.snapshots.remove(lock, [ids[0], ids[2]]);
      const from = breaking.log.length;
      breakAfter(breaking, step);
      isDone = await plan.carryOut().then(
        () => true,
        () => false,
      );
      breaking.heal();
      await lock.release();
      expect(breaking.log.slice(from).length).toBeGreaterThan(0);
      const after = await open(copy);
      const report = await assertHealthy(after);
      expect((await after.snapshots.list()).snapshots.map(({ id }) => id)).toEqual([...whole]);
      expect(report.findings.filter(({ code }) => code !== 'pack-unlisted' && code !== 'blobs-unused')).toEqual([]);
      await reclaim(copy, []);
      expect((await assertHealthy(await open(copy))).findings).toEqual([]);
    }
    expect(step).toBeGreaterThan(6);
  });

  it('refuses when a snapshot, a tree or an index cannot be read, and deletes nothing', async () => {
    for (const kind of ['snapshot', 'index', 'pack']) {
      const { backend, ids } = await sample();
      const keys = [...backend.files.keys()].filter((key) => key.startsWith(`${kind}/`) && !key.endsWith(ids[0]));
      const smallest = keys.sort(
        (a, b) => (backend.files.get(a)?.length ?? 0) - (backend.files.get(b)?.length ?? 0),
      )[0];
      for (const key of kind === 'pack' ? keys : [smallest ?? '']) backend.files.get(key)?.fill(0, 20, 24);
      const before = [...backend.files.keys()].sort();
      await expect(reclaim(backend, [ids[0]])).rejects.toMatchObject({ kind: 'repository-damaged' });
      await expect((await open(backend)).measureFreeable([none])).rejects.toMatchObject({ kind: 'repository-damaged' });
      expect([...backend.files.keys()].sort()).toEqual(before);
    }
  });

  it('refuses when what a snapshot needs is in no index, and says of which snapshot and file', async () => {
    const { backend, ids } = await sample();
    const index = [...backend.files.keys()].filter((key) => key.startsWith('index/')).at(-1) ?? '';
    backend.files.delete(index);
    await expect(reclaim(backend, [ids[0]])).rejects.toMatchObject({
      kind: 'repository-damaged',
      message: expect.stringContaining(ids[2].slice(0, 8)),
    });
  });

  it('refuses when a pack is missing that is needed: what it held may be in one that no index lists', async () => {
    const { backend, ids } = await sample();
    const largest = [...backend.files]
      .filter(([key]) => key.startsWith('pack/'))
      .sort((a, b) => b[1].length - a[1].length);
    backend.files.set(`pack/${'0'.repeat(64)}`, Buffer.alloc(1000));
    const unlisted = backend.files.size;
    for (const [key] of largest.slice(0, 4)) backend.files.delete(key);
    await expect(reclaim(backend, [ids[0]])).rejects.toMatchObject({
      kind: 'repository-damaged',
      message: expect.stringContaining('is missing'),
    });
    expect(backend.files.size).toBe(unlisted - 4);
  });

  it('does what needs no space first on a full disk, then says how much is missing', async () => {
    const { backend: inner, ids } = await sample();
    const backend = faulty(inner);
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      const plan = await repository.planReclaim(lock, new Set([ids[0], ids[1]]));
      await repository.snapshots.remove(lock, [ids[0], ids[1]]);
      backend.on('save', 'index').every().fails(diskFull());
      inner.files.set(`pack/${'0'.repeat(64)}`, Buffer.alloc(1000));
      await expect(plan.carryOut()).rejects.toMatchObject({
        kind: 'repository-full',
        message: expect.stringMatching(/about \d+ KiB must be written there\. \d+ files were deleted/),
      });
      backend.heal();
    });
    expect((await assertHealthy(await open(inner))).snapshots).toBe(1);
    const { packs } = await reclaim(inner, []);
    expect(packs).toBeGreaterThan(0);
  });

  it('frees what is kept back where not even a shorter index file fits, and goes on', async () => {
    const { backend: inner, ids } = await sample();
    const backend = faulty(inner);
    backend.on('save', 'index').every().fails(diskFull());
    const releaseReserve = async (): Promise<boolean> => {
      backend.heal();
      return true;
    };
    const { packs } = await reclaim(Object.assign(backend, { releaseReserve }), [ids[0], ids[1]]);
    expect(packs).toBeGreaterThan(2);
    expect((await assertHealthy(await open(inner))).findings).toEqual([]);
  });

  it('stops at a cancel and when the lock is lost', async () => {
    const { backend, ids } = await sample();
    const cancelled = { kind: 'cancelled' };
    await expect(reclaim(backend, [ids[0]], AbortSignal.abort())).rejects.toMatchObject(cancelled);
    const look = (await open(backend)).measureFreeable([none], { signal: AbortSignal.abort() });
    await expect(look).rejects.toMatchObject(cancelled);
    const repository = await open(backend);
    const lock = await repository.locks.acquire({ mode: 'exclusive' });
    const plan = await repository.planReclaim(lock, new Set([ids[0]]));
    await repository.snapshots.remove(lock, [ids[0]]);
    await lock.release();
    await expect(plan.carryOut()).rejects.toMatchObject({ kind: 'lock-lost' });
    await assertHealthy(await open(backend));
  });

  it('deletes nothing more once somebody has removed the lock, whatever the clock says', async () => {
    const { backend, ids } = await sample();
    const repository = await open(backend);
    const lock = await repository.locks.acquire({ mode: 'exclusive' });
    const plan = await repository.planReclaim(lock, new Set([ids[0]]));
    await repository.snapshots.remove(lock, [ids[0]]);
    for (const key of backend.files.keys()) if (key.startsWith('lock/')) backend.files.delete(key);
    const before = [...backend.files.keys()];
    await expect(plan.carryOut()).rejects.toMatchObject({ kind: 'lock-lost' });
    await expect(repository.snapshots.remove(lock, [ids[1]])).rejects.toMatchObject({ kind: 'lock-lost' });
    expect([...backend.files.keys()]).toEqual(before);
    await lock.release();
  });

  it('needs an exclusive lock, and refuses while its snapshots are still there', async () => {
    const { backend, ids } = await sample();
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      await expect(repository.planReclaim(lock, none)).rejects.toThrow('exclusive');
    });
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      const plan = await repository.planReclaim(lock, new Set([ids[0]]));
      await expect(plan.carryOut()).rejects.toThrow('does not know');
    });
    await assertHealthy(repository);
  });

  it('keeps every copy of a blob that is needed: one of them may be damaged', async () => {
    const { backend, repository } = await memoryRepository({ packTarget: 30_000 });
    const content = block();
    const other = await open(backend);
    const gone = await storeSnapshot(repository, { b: file(block()) }, { timeNs: 2n });
    await other.locks.withLock({ mode: 'shared' }, (lock) =>
      other.withWriter(lock, {}, async (writer) => {
        // Both write it before either can know of the other.
        await storeSnapshot(repository, { a: file(content) }, { timeNs: 1n });
        for (const chunk of [...repository.chunker().push(content), content]) await writer.saveBlob('data', chunk);
      }),
    );
    const packs = [...backend.files.keys()].filter((key) => key.startsWith('pack/'));
    const { packs: deleted } = await reclaim(backend, [gone.id]);
    expect(deleted).toBe(2);
    expect([...backend.files.keys()].filter((key) => key.startsWith('pack/'))).toHaveLength(packs.length - 2);
    await assertHealthy(await open(backend));
  });
});

/** Every change after the nth one fails: as if the process had ended there. */
function breakAfter(backend: ReturnType<typeof faulty>, nth: number): void {
  let changes = 0;
  const count = (): void => {
    changes += 1;
    if (changes >= nth) throw diskError();
  };
  for (const kind of ['index', 'pack'] as const) {
    backend.on('save', kind).every().calls(count);
    backend.on('remove', kind).every().calls(count);
  }
}
