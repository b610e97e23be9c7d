import { describe, expect, it } from 'vitest';
import { StillpointError } from '../../../shared/errors/index.ts';
import { type Backend, openRepository, type PruneLimits, type Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { ControlledEnvironment } from '../repository/testing/controlled-environment.ts';
import { diskFull, faulty } from '../repository/testing/faulty.ts';
import { memoryRepository, testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { file, type Literal, storeSnapshot } from '../repository/testing/tree-literal.ts';
import { patienceOf } from './patience.ts';
import { prune } from './prune.ts';
import { takeLock } from './take-lock.ts';
import { reporting, runId, signal } from './testing/kept-world.ts';

const random = new SeededRandom(8);
const target = { packTarget: 60_000 };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, { ...testOptions, ...target });
const all: PruneLimits = { maxUnused: { kind: 'bytes', bytes: 0 } };

/** One snapshot that needs every second file of its packs. */
async function halfUnused() {
  const { backend, repository } = await memoryRepository(target);
  const files = Array.from({ length: 20 }, (_, n) => [`f${n}`, file(random.bytes(9_000))] as const);
  const gone = await storeSnapshot(repository, Object.fromEntries<Literal>(files), { timeNs: 1n });
  await storeSnapshot(repository, Object.fromEntries<Literal>(files.filter((_, n) => n % 2 === 0)), { timeNs: 2n });
  await repository.locks.withLock({ mode: 'exclusive' }, (lock) => repository.snapshots.remove(lock, [gone.id]));
  return { backend, repository };
}

const pruned = (repository: Repository, dryRun = false, stop = signal) => {
  const { report, events } = reporting();
  return { events, done: prune(repository, { runId, dryRun, limits: all }, report, stop) };
};

describe('a prune as a run', () => {
  it('says beforehand exactly what it then does, and leaves no lock', async () => {
    const { backend, repository } = await halfUnused();
    const before = new Map(backend.files);
    const looked = await pruned(repository, true).done;
    expect([...backend.files.keys()].sort()).toEqual([...before.keys()].sort());
    expect(looked.result).toMatchObject({
      outcome: 'done',
      summary: expect.stringMatching(/^Would delete .* write .* again/),
    });
    const { done, events } = pruned(repository);
    const { figures, result } = await done;
    expect(figures).toEqual(looked.figures);
    expect(result).toMatchObject({ outcome: 'done', bytes: figures.freedBytes, newBytes: figures.newBytes });
    expect(result.summary).toMatch(/^\d\d\.\d KiB given back, \d\d\.\d KiB written again for it\.$/);
    expect(events.flatMap((event) => (event.type === 'phase-started' ? [event.phase] : []))).toEqual([
      'open',
      'scan',
      'repack',
    ]);
    const last = events.findLast((event) => event.type === 'progress' && event.phase === 'repack');
    expect(last).toMatchObject({ progress: { files: figures.deletePacks + figures.repackPacks } });
    expect(await repository.locks.list()).toEqual([]);
    const fresh = await open(backend);
    await fresh.loadIndex();
    expect(repository.indexed).toEqual(fresh.indexed);
    expect((await assertHealthy(fresh)).findings).toEqual([]);
    expect((await pruned(repository).done).result.summary).toBe('There was no space to give back.');
  });

  it('is refused in clear words where nothing may be deleted, before anything was written', async () => {
    const { backend: inner } = await halfUnused();
    const backend = faulty(inner);
    const repository = await open(backend);
    const forbidden = new StillpointError({
      kind: 'not-permitted',
      message: 'It does not let anything be deleted.',
      guidance: 'Elsewhere.',
    });
    for (const kind of ['pack', 'index'] as const) backend.on('remove', kind).every().fails(forbidden);
    const from = backend.log.length;
    await expect(pruned(repository).done).rejects.toMatchObject({
      kind: 'not-permitted',
      message: expect.stringContaining('does not let anything be deleted'),
    });
    expect(backend.log.slice(from)).not.toContain('save pack');
    expect(await repository.locks.list()).toEqual([]);
    await assertHealthy(await open(inner));
  });

  it('is done with warnings that name the files where something needed is damaged', async () => {
    const { backend, repository } = await halfUnused();
    await repository.loadIndex();
    const [snapshot] = (await repository.snapshots.list()).snapshots;
    if (!snapshot) throw new Error('no snapshot');
    const hurt = (await repository.loadTree(snapshot.tree)).nodes[0];
    const place = repository.locateBlob('data', hurt?.content?.[0] ?? ('' as never));
    backend.files.get(`pack/${place?.pack}`)?.fill(7, (place?.offset ?? 0) + 30, (place?.offset ?? 0) + 40);
    const { result } = await pruned(await open(backend)).done;
    expect(result).toMatchObject({
      outcome: 'warnings',
      warnings: [{ code: 'pack-damaged', path: `${snapshot.id.slice(0, 8)}:/${hurt?.name}` }],
    });
    expect(result.bytes).toBeGreaterThan(0);
  });

  it('frees what is kept back for its lock on a full disk, and keeps room back again afterwards', async () => {
    const { backend: inner } = await halfUnused();
    const calls: string[] = [];
    const backend = Object.assign(faulty(inner), {
      releaseReserve: async () => calls.push('released') === 1,
      keepReserve: async () => void calls.push('kept'),
    });
    const repository = await open(backend);
    backend.on('save', 'lock').nth(1).fails(diskFull());
    const { done, events } = pruned(repository);
    expect((await done).result.outcome).toBe('done');
    expect(calls).toEqual(['released', 'kept']);
    expect(events.flatMap((event) => (event.type === 'note' ? [event.text] : []))).toEqual([
      'The disk is full: the room that is kept back for deleting is used.',
    ]);
  });
});

describe('waiting for each other', () => {
  /** Two helpers, each with a clock of its own that moves when told. */
  async function two() {
    const { backend } = await halfUnused();
    const environment = new ControlledEnvironment();
    const lap = environment.sibling('lap', 7);
    const real = { ...testOptions, ...target, lockTiming: undefined };
    const here = await openRepository(backend, { ...real, environment });
    const there = await openRepository(backend, { ...real, environment: lap });
    return { environment, lap, here, there };
  }

  it('a backup waits for a prune of another machine, with words and progress, and then goes on', async () => {
    const { environment, lap, here, there } = await two();
    const taking = there.locks.acquire({ mode: 'exclusive' });
    await lap.pass(1_000);
    const theirs = await taking;
    const { report, events } = reporting();
    const backup = report.phase('open', () =>
      takeLock(here, report, signal, patienceOf({ schedule: { kind: 'manual' } })),
    );
    await environment.pass(3 * 60_000);
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    expect(notes).toEqual([
      expect.stringMatching(
        /^Waiting for the repository: held by user on lap \(process 7\) to delete or to check, for \d+ s or longer\.$/,
      ),
    ]);
    const told = events.flatMap((event) => (event.type === 'progress' ? [event.progress.current] : []));
    expect(told.length).toBeGreaterThan(0);
    expect(told.at(-1)).toContain('held by user on lap');
    const releasing = theirs.release();
    await lap.pass(1_000);
    await releasing;
    await environment.pass(5_000);
    await (await backup).release();
  });

  it('a prune waits for a backup, and a cancel ends the waiting without a trace', async () => {
    const { environment, lap, here, there } = await two();
    const taking = there.locks.acquire({ mode: 'shared' });
    await lap.pass(1_000);
    const theirs = await taking;
    const cancel = new AbortController();
    const { done } = pruned(here, false, cancel.signal);
    let ended = false;
    done
      .catch(() => {})
      .finally(() => {
        ended = true;
      });
    await environment.pass(3 * 60_000);
    expect(ended).toBe(false);
    cancel.abort();
    await environment.pass(5_000);
    await expect(done).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await here.locks.list()).map(({ hostname }) => hostname)).toEqual(['lap']);
    const releasing = theirs.release();
    await lap.pass(1_000);
    await releasing;
  });

  it.each([
    [{ kind: 'manual' } as const, 60],
    [{ kind: 'hourly', everyHours: 2, minute: 0 } as const, 120],
    [{ kind: 'daily', at: ['09:00'], days: ['mon'] } as const, 360],
    [{ kind: 'changes', changes: 5, atMostEveryMinutes: 15, atLeastEveryHours: 1 } as const, 60],
  ])('a backup waits as long as its plan lets it: %j', (schedule, minutes) =>
    expect(patienceOf({ schedule: schedule as Parameters<typeof patienceOf>[0]['schedule'] })).toBe(minutes * 60_000),
  );
});
