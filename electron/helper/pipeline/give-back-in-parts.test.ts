import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { openRepository, type Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { faulty } from '../repository/testing/faulty.ts';
import { memoryRepository, testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../repository/testing/tree-literal.ts';
import { forgetAfterBackup } from './forget.ts';
import { type BegunLooks, type GivenBack, type GivingBack, giveBackDaily } from './give-back.ts';
import { nobodyElse } from './own-turn.ts';
import { emptyResult } from './run-results.ts';
import { forgetJob, madeDaysAgo, reporting, runId, signal } from './testing/kept-world.ts';

const minute = 60_000;
const today = [Date.parse('2026-03-02T10:00:00Z'), Date.parse('2026-03-01T10:00:00Z')];

/** What is kept of looks, in memory. */
function looks(): BegunLooks & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    has: (id) => kept.has(id),
    read: (id) => kept.get(id),
    write: (id, begun) => void (begun === undefined ? kept.delete(id) : kept.set(id, begun)),
  };
}

/** On its clock whatever is read of a pack takes so long. */
async function onDisk(readMs = minute) {
  const { backend: inner } = await memoryRepository({ packTarget: 20_000 });
  const backend = Object.assign(faulty(inner), { releaseReserve: async () => false });
  const clock = { now: 0, readMs };
  const nowMs = (): number => clock.now;
  backend
    .on('load', 'pack')
    .every()
    .calls(() => {
      clock.now += clock.readMs;
    });
  const repository = await openRepository(backend, { ...testOptions, packTarget: 20_000 });
  return { repository, nowMs, clock };
}

const random = new SeededRandom(77);
let stored = 0;
function store(repository: Repository, folders = 4) {
  stored += 1;
  const some = Array.from({ length: folders }, (_, n) => [
    `d${n}`,
    dir({ own: file(random.bytes(9_000)), sub: dir({ x: file(random.bytes(3_000)) }) }),
  ]);
  return storeSnapshot(repository, Object.fromEntries(some), { timeNs: BigInt(stored) });
}

const under = <Result>(repository: Repository, work: Parameters<typeof repository.locks.withLock<Result>>[1]) =>
  repository.locks.withLock({ mode: 'exclusive' }, work);

function oneDay(
  repository: Repository,
  giving: Partial<GivingBack> & Omit<GivingBack, 'turn'>,
): Promise<GivenBack | null> {
  const { report } = reporting();
  const all = { turn: nobodyElse, ...giving };
  return under(repository, (lock) => giveBackDaily(lock, repository, today, 'UTC', report, signal, all));
}

/** What a prune that looks anew finds to do. */
async function owed(repository: Repository): Promise<number> {
  const { figures } = await under(repository, (lock) =>
    repository.planPrune(lock, { limits: { onlyWorthwhile: true } }),
  );
  return figures.deletePacks + figures.repackPacks;
}

async function packsOfFiles(repository: Repository, tree: BlobId): Promise<string[]> {
  const packs = new Set<string>();
  for await (const { node } of repository.walk(tree))
    for (const blob of node.content ?? []) packs.add(repository.locateBlob('data', blob)?.pack ?? '');
  return [...packs];
}

describe('giving back in parts', () => {
  it('goes on the next day where it was, and comes to the same as in one go', async () => {
    const { repository, nowMs } = await onDisk();
    const all = [];
    for (let n = 0; n < 6; n += 1) all.push(await store(repository));
    const gone = all.slice(0, 3).map(({ id }) => id);
    await under(repository, (lock) => repository.snapshots.remove(lock, gone));
    const begun = looks();
    let days = 1;
    for (; (await oneDay(repository, { looks: begun, nowMs }))?.bytes === 0; days += 1) {
      expect(begun.kept.size).toBe(1);
      expect(days).toBeLessThan(50);
    }
    expect(days).toBeGreaterThan(2);
    expect(begun.kept.size).toBe(0);
    expect(await owed(repository)).toBe(0);
    expect((await assertHealthy(repository)).snapshots).toBe(3);
  });

  it('deletes nothing that is needed, whatever is stored, forgotten and pruned between its parts', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const chance = new SeededRandom(seed);
      const { repository, nowMs, clock } = await onDisk();
      const begun = looks();
      for (let n = 0; n < 3; n += 1) await store(repository, 2);
      for (let step = 0; step < 14; step += 1) {
        const { snapshots } = await repository.snapshots.list();
        const which = chance.int(6);
        const some = snapshots[chance.int(snapshots.length)];
        if (which <= 1) await store(repository, 2);
        if (which === 2 && some && snapshots.length > 1)
          await under(repository, (lock) => repository.snapshots.remove(lock, [some.id]));
        if (which === 3) {
          await under(repository, async (lock) => (await repository.planPrune(lock)).carryOut());
          await repository.loadIndex();
        }
        clock.readMs = chance.int(3) * minute + 20_000;
        await oneDay(repository, { looks: begun, nowMs });
      }
      const { findings } = await assertHealthy(repository);
      expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
      // What it took for needed and was not is found when a look begins anew.
      for (let day = 0; day < 2; day += 1) await oneDay(repository, { looks: looks(), nowMs: () => 0 });
      expect(await owed(repository)).toBe(0);
    }
  });

  it('begins anew where what it kept is damaged, another repository’s, or of blobs that are gone', async () => {
    const { repository, nowMs } = await onDisk(2 * minute);
    const [gone, , last] = [await store(repository), await store(repository), await store(repository)];
    const kept = looks();
    await oneDay(repository, { looks: kept, nowMs });
    const sealed = kept.read(repository.id);
    if (sealed === undefined) throw new Error('nothing was kept');
    const flipped = Buffer.from(sealed);
    flipped[60] = (flipped[60] ?? 0) ^ 1;
    const other = looks();
    const { repository: elsewhere, nowMs: theirs } = await onDisk();
    for (let n = 0; n < 4; n += 1) await store(elsewhere);
    await oneDay(elsewhere, { looks: other, nowMs: theirs });
    await under(repository, (lock) => repository.snapshots.remove(lock, [gone.id]));
    for (const begun of [flipped, other.read(elsewhere.id) ?? Buffer.alloc(0), Buffer.from('x')]) {
      const each = looks();
      each.write(repository.id, begun);
      await under(repository, (lock) =>
        repository.planPrune(lock, {}, { begun: each.read(repository.id), isEnough: () => false }),
      ).then((plan) => expect(plan).toMatchObject({ figures: { deletePacks: expect.any(Number) } }));
    }
    await under(repository, async (lock) => (await repository.planPrune(lock)).carryOut());
    await repository.loadIndex();
    // The oldest was gone through, and nothing of it is there.
    const plan = await under(repository, (lock) =>
      repository.planPrune(lock, {}, { begun: sealed, isEnough: () => false }),
    );
    expect(plan).toMatchObject({ figures: { deletePacks: 0 } });
    expect((await repository.snapshots.list()).snapshots.map(({ id }) => id)).toContain(last.id);
    await assertHealthy(repository);
  });

  it('lets others that want the repository have it soon, but gets on every day', async () => {
    const { repository, nowMs } = await onDisk(500);
    for (let n = 0; n < 5; n += 1) await store(repository);
    const turn = { ...nobodyElse, wanted: AbortSignal.abort() };
    const begun = looks();
    const sizes: number[] = [];
    for (let days = 0; days < 40; days += 1) {
      await oneDay(repository, { looks: begun, turn, nowMs });
      const kept = begun.read(repository.id);
      if (kept === undefined) break;
      sizes.push(kept.length);
    }
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.length).toBeLessThan(40);
    expect([...sizes].sort((one, other) => one - other)).toEqual(sizes);
  });

  it('is gone on with after a backup that forgets nothing', async () => {
    const { repository, nowMs, clock } = await onDisk(10 * minute);
    const made = [];
    for (const days of [3, 2, 0]) made.push(await madeDaysAgo(repository, days));
    const begun = looks();
    const result = { ...emptyResult(runId, 'done', 'Held still.'), snapshotId: made.at(-1)?.id ?? null };
    const { report } = reporting();
    const run = () =>
      forgetAfterBackup(result, repository, () => forgetJob({ last: 1 }), report, signal, {
        ...{ turn: nobodyElse, looks: begun, nowMs },
      });
    expect(await run()).toMatchObject({ summary: expect.stringContaining('2 old snapshots') });
    expect(begun.kept.size).toBe(1);
    // The next day: an older one is there again, and nothing of the source has to go.
    await madeDaysAgo(repository, 1, { pinned: true });
    clock.readMs = 0;
    expect(await run()).toMatchObject({ outcome: 'done', summary: expect.stringMatching(/KiB given back\.$/) });
    expect(begun.kept.size).toBe(0);
    await assertHealthy(repository);
  });

  it('begins anew after damage: of what is damaged only snapshots that are gone may have known', async () => {
    const { repository, nowMs } = await onDisk(2 * minute);
    const [gone] = [await store(repository), await store(repository), await store(repository)];
    const begun = looks();
    await oneDay(repository, { looks: begun, nowMs });
    expect(begun.kept.size).toBe(1);
    const [lost = ''] = await packsOfFiles(repository, gone.tree);
    await repository.backend.remove({ kind: 'pack', name: lost });
    await under(repository, (lock) => repository.snapshots.remove(lock, [gone.id]));
    const left = { looks: begun, nowMs: () => 0 };
    expect(await oneDay(repository, left)).toMatchObject({
      warnings: [{ text: expect.stringContaining('is missing') }],
    });
    expect(await oneDay(repository, left)).toMatchObject({ bytes: expect.any(Number), warnings: [] });
    expect(await owed(repository)).toBe(0);
    await assertHealthy(repository);
  });

  it('asks for the repository alone no more than once a day', async () => {
    const { repository, nowMs } = await onDisk();
    const made = await madeDaysAgo(repository, 0);
    await madeDaysAgo(repository, 0, {}, { timeNs: made.timeNs });
    const result = { ...emptyResult(runId, 'done', 'Held still.'), snapshotId: made.id };
    const begun = looks();
    begun.write(repository.id, new Uint8Array(1));
    const job = () => forgetJob({ last: 9 });
    const { report } = reporting();
    const giving = { turn: nobodyElse, looks: begun, nowMs };
    const other = await repository.locks.acquire({ mode: 'shared' });
    try {
      expect(await forgetAfterBackup(result, repository, job, report, signal, giving)).toEqual(result);
    } finally {
      await other.release();
    }
  });
});
