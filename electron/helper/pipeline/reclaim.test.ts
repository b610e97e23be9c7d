import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../shared/domain/ids.ts';
import type { KeepRules } from '../../../shared/domain/keep/rules.ts';
import { type Backend, openRepository, type Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { diskFull, faulty } from '../repository/testing/faulty.ts';
import { memoryRepository, testOptions } from '../repository/testing/memory-repository.ts';
import { FreeableOffers } from './freeable.ts';
import { reclaim } from './reclaim.ts';
import { forgetJob, idsIn, idsOf, madeDaysAgo, reporting, runId, signal } from './testing/kept-world.ts';

const small = { packTarget: 30_000 };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, { ...testOptions, ...small });
const reclaimed = (repository: Repository, ids: readonly SnapshotId[], undoIds = new Set<string>()) =>
  reclaim(repository, { runId, snapshotIds: ids, undoIds }, reporting().report, signal);
const unknown = '0'.repeat(64) as SnapshotId;

function offersOf(
  repository: Repository,
  rules: Partial<KeepRules>,
  offers = new FreeableOffers(),
  undo: SnapshotId[] = [],
) {
  const { author, undoIds, ...source } = forgetJob(rules, undo);
  return offers.of(repository, { sources: [source], author, undoIds, zone: 'UTC' }, signal);
}

describe('freeing space', () => {
  it('deletes the named snapshots and nothing else, says what was given back, and reads the index anew', async () => {
    const { backend, repository } = await memoryRepository(small);
    const gone = await madeDaysAgo(repository, 3);
    const stays = await madeDaysAgo(repository, 1);
    const { report, events } = reporting();
    const job = { runId, snapshotIds: [gone.id, unknown], undoIds: new Set<string>() };
    const result = await reclaim(repository, job, report, signal);
    expect(result).toMatchObject({ outcome: 'done', files: 1 });
    expect(result.bytes).toBeGreaterThan(40_000);
    expect(result.summary).toMatch(/^1 snapshot deleted\. 1 snapshot had gone before\. \d\d\.\d KiB given back\. /);
    expect(await idsIn(repository)).toEqual(idsOf(stays));
    const fresh = await open(backend);
    await fresh.loadIndex();
    expect(repository.indexed).toEqual(fresh.indexed);
    expect(await repository.locks.list()).toEqual([]);
    expect(events.flatMap((event) => (event.type === 'phase-started' ? [event.phase] : []))).toEqual([
      'open',
      'scan',
      'forget',
    ]);
    await madeDaysAgo(repository, 0);
    await assertHealthy(repository);
  });

  it('refuses a pinned one in words, and then deletes none', async () => {
    const { repository } = await memoryRepository(small);
    const [one, pinned] = [await madeDaysAgo(repository, 3), await madeDaysAgo(repository, 2, { pinned: true })];
    await expect(reclaimed(repository, [one.id, pinned.id])).rejects.toMatchObject({
      kind: 'bad-input',
      message: expect.stringContaining(`${pinned.id.slice(0, 8)} is pinned`),
    });
    expect(await idsIn(repository)).toEqual(idsOf(one, pinned));
  });

  it('refuses one that a restore is taken back with, and then deletes none', async () => {
    const { repository } = await memoryRepository(small);
    const [one, safety] = [await madeDaysAgo(repository, 3), await madeDaysAgo(repository, 40, { safety: true })];
    await expect(reclaimed(repository, [one.id, safety.id], new Set([safety.id]))).rejects.toMatchObject({
      kind: 'bad-input',
      message: expect.stringContaining(`${safety.id.slice(0, 8)} is needed to take a restore back`),
    });
    expect(await idsIn(repository)).toEqual(idsOf(one, safety));
    expect(await reclaimed(repository, [safety.id])).toMatchObject({ files: 1 });
  });

  it('deletes nothing when what stays cannot be read, though what goes may be damaged', async () => {
    const { backend, repository } = await memoryRepository(small);
    const [damaged, stays] = [await madeDaysAgo(repository, 3), await madeDaysAgo(repository, 2)];
    const place = repository.locateBlob('tree', damaged.tree);
    backend.files.get(`pack/${place?.pack}`)?.fill(0, place?.offset, (place?.offset ?? 0) + 8);
    await expect(reclaimed(await open(backend), [stays.id])).rejects.toMatchObject({
      kind: 'repository-damaged',
      message: expect.stringContaining(damaged.id.slice(0, 8)),
    });
    expect(await idsIn(repository)).toEqual(idsOf(damaged, stays));
    expect(await reclaimed(await open(backend), [damaged.id])).toMatchObject({ outcome: 'done' });
    const { findings } = await (await open(backend)).check();
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('deletes one whose file cannot be read when it is named, and nothing while another such is there', async () => {
    const { backend, repository: writer } = await memoryRepository(small);
    const made = [await madeDaysAgo(writer, 3), await madeDaysAgo(writer, 2), await madeDaysAgo(writer, 1)] as const;
    for (const { id } of made.slice(0, 2)) backend.files.get(`snapshot/${id}`)?.fill(0, 40, 44);
    const repository = await open(backend);
    await expect(reclaimed(repository, [made[0].id])).rejects.toMatchObject({ kind: 'repository-damaged' });
    expect((await repository.snapshots.list()).damaged).toHaveLength(2);
    expect(await reclaimed(repository, [made[0].id, made[1].id])).toMatchObject({ outcome: 'done', files: 2 });
    expect(await idsIn(repository)).toEqual(idsOf(made[2]));
    await assertHealthy(await open(backend));
  });

  it('makes room for its lock on a disk that is full to the last byte', async () => {
    const { backend: inner, repository: writer } = await memoryRepository(small);
    const [gone, stays] = [await madeDaysAgo(writer, 3), await madeDaysAgo(writer, 2)];
    const backend = faulty(inner);
    const repository = await open(backend);
    backend.on('save', 'lock').nth(1).fails(diskFull());
    const from = backend.log.length;
    expect(await reclaimed(repository, [gone.id])).toMatchObject({ outcome: 'done', files: 1 });
    const changes = backend.log.slice(from).filter((entry) => /^(save|remove) (lock|snapshot)/.test(entry));
    expect(changes.slice(0, 3)).toEqual(['save lock', 'remove snapshot', 'save lock']);
    expect(await idsIn(repository)).toEqual(idsOf(stays));
    backend.on('save', 'lock').every().fails(diskFull());
    await expect(reclaimed(repository, [])).rejects.toMatchObject({
      kind: 'repository-full',
      message: expect.stringMatching(/before anything can be given back, about \d+ KiB must be written there/),
      context: { needed: expect.any(Number) },
    });
    expect(await idsIn(repository)).toEqual(idsOf(stays));
  });
});

describe('what would free how much', () => {
  it('offers what is worthwhile, cheapest in history first, with what really comes of it', async () => {
    const { backend, repository } = await memoryRepository(small);
    const made = [];
    for (const days of [1000, 800, 500, 300, 100, 1]) made.push(await madeDaysAgo(repository, days));
    const offers = await offersOf(repository, { last: 4 });
    const [a, b, c, d] = made.map(({ id }) => id);
    expect(offers.map(({ kind, snapshotIds }) => [kind, [...snapshotIds].sort()])).toEqual([
      ['unused', []],
      ['by-rules', [a, b].sort()],
      ['older-than-one-year', [a, b, c].sort()],
      ['older-than-half-a-year', [a, b, c, d].sort()],
    ]);
    expect(offers[0]?.bytes).toBe(0);
    const chosen = offers[2];
    const result = await reclaimed(repository, chosen?.snapshotIds ?? []);
    expect(result.bytes).toBe(chosen?.bytes);
    expect(result.bytes).toBeGreaterThan(3 * 40_000);
    await assertHealthy(await open(backend));
  });

  it('never offers what is pinned, newest, newest and good, undone with, or somebody else’s', async () => {
    const { repository } = await memoryRepository(small);
    const year = 400;
    await madeDaysAgo(repository, year + 1, { pinned: true, level: 'torn' });
    await madeDaysAgo(repository, year + 2, {}, { tags: [] });
    await madeDaysAgo(repository, year + 3, { level: 'torn' }, { hostname: 'lap' });
    const undo = await madeDaysAgo(repository, year + 4, { safety: true });
    const old = await madeDaysAgo(repository, year + 5);
    await madeDaysAgo(repository, year + 4);
    await madeDaysAgo(repository, year, { level: 'torn' });
    const offers = await offersOf(repository, {}, undefined, [undo.id]);
    expect(offers.map(({ kind, snapshotIds }) => [kind, snapshotIds])).toEqual([
      ['unused', []],
      ['older-than-one-year', [old.id]],
    ]);
  });

  it('never offers a young safety snapshot, whoever may need it, nor the newest beside one from the future', async () => {
    const { repository } = await memoryRepository(small);
    await madeDaysAgo(repository, 29, { safety: true });
    const [old] = [await madeDaysAgo(repository, 31, { safety: true }), await madeDaysAgo(repository, 28)];
    const ahead = await madeDaysAgo(repository, -900);
    const offers = await offersOf(repository, {});
    expect(offers.at(-1)).toMatchObject({ snapshotIds: [old.id] });
    expect(await idsIn(repository)).toContain(ahead.id);
    for (let rest = 4; rest > 0; rest -= 1) await madeDaysAgo(repository, -900 - rest);
    expect((await offersOf(repository, {})).at(-1)).toMatchObject({ snapshotIds: [old.id] });
  });

  it('is remembered while nothing changes, and works where no lock can be written', async () => {
    const { backend: inner, repository: writer } = await memoryRepository(small);
    for (const days of [800, 500, 1]) await madeDaysAgo(writer, days);
    const backend = faulty(inner);
    const repository = await open(backend);
    backend.on('save', 'lock').every().fails(diskFull());
    const offers = new FreeableOffers();
    const first = await offersOf(repository, { last: 1 }, offers);
    expect(first.length).toBeGreaterThan(1);
    const from = backend.log.length;
    expect(await offersOf(repository, { last: 1 }, offers)).toEqual(first);
    expect(backend.log.slice(from)).not.toContain('load pack');
    await madeDaysAgo(writer, 0);
    await offersOf(repository, { last: 1 }, offers);
    expect(backend.log.slice(from)).toContain('load pack');
  });
});
