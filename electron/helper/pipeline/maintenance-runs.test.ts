import { describe, expect, it } from 'vitest';
import { type Backend, type MemoryBackend, openRepository, type Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { flip, keysOf } from '../repository/testing/memory-copy.ts';
import { memoryRepository, testOptions } from '../repository/testing/memory-repository.ts';
import { copyRun } from './copy.ts';
import { checkRun } from './maintenance.ts';
import { repairIndex, repairPacks, repairSnapshots } from './repair.ts';
import { statisticsOf } from './statistics.ts';
import { madeDaysAgo, reporting, runId, signal } from './testing/kept-world.ts';

const small = { packTarget: 30_000 };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, { ...testOptions, ...small });
const phases = (events: ReturnType<typeof reporting>['events']): string[] =>
  events.flatMap((event) => (event.type === 'phase-started' ? [event.phase] : []));

async function world(): Promise<{ backend: MemoryBackend; repository: Repository }> {
  const made = await memoryRepository(small);
  await madeDaysAgo(made.repository, 3);
  await madeDaysAgo(made.repository, 1);
  return made;
}

function largestPack(backend: MemoryBackend): string {
  const size = (key: string): number => backend.files.get(key)?.length ?? 0;
  return keysOf(backend, 'pack').sort((one, other) => size(other) - size(one))[0] ?? '';
}

describe('repairing', () => {
  it('an index tells on a dry run what is wrong, changes nothing, and then mends it', async () => {
    const { backend } = await world();
    for (const key of keysOf(backend, 'index')) backend.files.delete(key);
    const before = [...backend.files.keys()];
    const looked = reporting();
    const dry = await repairIndex(await open(backend), { runId, dryRun: true, readAll: false }, looked.report, signal);
    expect(dry).toMatchObject({
      result: { outcome: 'warnings' },
      report: { isNeeded: true, isDone: false, lossesTotal: 0 },
    });
    expect(dry.result.summary).toMatch(/Nothing was changed\.$/);
    expect(phases(looked.events)).toEqual(['open', 'scan']);
    expect([...backend.files.keys()]).toEqual(before);
    const mending = reporting();
    const done = await repairIndex(
      await open(backend),
      { runId, dryRun: false, readAll: true },
      mending.report,
      signal,
    );
    expect(done).toMatchObject({
      result: { outcome: 'done' },
      report: { isDone: true, added: before.length > 0 ? done.report.packs : 0 },
    });
    expect(phases(mending.events)).toEqual(['open', 'scan', 'repair']);
    expect((await assertHealthy(await open(backend))).findings).toEqual([]);
    expect(keysOf(backend, 'lock')).toEqual([]);
  });

  it('packs, then snapshots, says what is lost and leaves a repository that is whole', async () => {
    const { backend } = await world();
    flip(backend, largestPack(backend), 100);
    const repository = await open(backend);
    const packs = await repairPacks(repository, { runId, dryRun: false, packs: [] }, reporting().report, signal);
    expect(packs).toMatchObject({ result: { outcome: 'warnings' }, report: { isDone: true, damagedTotal: 1 } });
    expect(packs.report.lossesTotal).toBeGreaterThan(0);
    const job = { runId, snapshotIds: [], parts: 'leave-out', forget: true } as const;
    const dry = await repairSnapshots(repository, { ...job, dryRun: true }, reporting().report, signal);
    expect(dry.report.damaged.every(({ state, forgotten }) => state === 'repairable' && !forgotten)).toBe(true);
    const done = await repairSnapshots(repository, { ...job, dryRun: false }, reporting().report, signal);
    expect(done.report.damaged.map(({ id }) => id)).toEqual(dry.report.damaged.map(({ id }) => id));
    expect(done.report.damaged.every(({ as, forgotten }) => as !== null && forgotten)).toBe(true);
    await assertHealthy(await open(backend));
    expect((await repository.snapshots.list()).snapshots).toHaveLength(2);
    expect(keysOf(backend, 'lock')).toEqual([]);
  });
});

describe('copying', () => {
  it('tells how far it is and what came of it, and gives back both locks', async () => {
    const { backend: from } = await world();
    const { backend: to } = await memoryRepository(small);
    const { report, events } = reporting();
    const [source, target] = [await open(from), await open(to)];
    let listed = 0;
    const keepReserve = async (): Promise<void> => {
      listed = keysOf(to, 'index').length;
    };
    Object.assign(target.backend, { keepReserve });
    const first = await copyRun(source, target, { runId, snapshotIds: [] }, report, signal);
    expect(listed, 'room is kept back for what was copied').toBe(1);
    expect(first).toMatchObject({ result: { outcome: 'done', files: 2, summary: '2 snapshots copied.' } });
    expect(phases(events)).toEqual(['open', 'copy']);
    expect(events.some((event) => event.type === 'progress' && event.progress.bytes > 0)).toBe(true);
    const unknown = ['0'.repeat(64)] as never;
    const again = await copyRun(source, target, { runId, snapshotIds: unknown }, reporting().report, signal);
    expect(again.result).toMatchObject({ outcome: 'warnings', warningsTotal: 1 });
    expect([...keysOf(from, 'lock'), ...keysOf(to, 'lock')]).toEqual([]);
    await assertHealthy(await open(to));
  });
});

describe('measuring', () => {
  it('is for one answer, with times as text, and tells how far it is', async () => {
    const { backend } = await world();
    const told: number[] = [];
    const found = await statisticsOf(await open(backend), ({ done }) => told.push(done), signal);
    expect(told).toEqual([0, 1, 2]);
    expect(found).toMatchObject({ snapshotsTotal: 2, unusedBytes: 0 });
    expect(found.snapshots[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(keysOf(backend, 'lock')).toEqual([]);
  });
});

describe('checking', () => {
  it('calls a part of the data a part, and tells how far it is and what it read', async () => {
    const { repository } = await world();
    const structure = reporting();
    const looked = await checkRun(repository, { runId, readData: false }, structure.report, signal);
    expect(phases(structure.events)).toEqual(['check-structure']);
    expect(looked.checked).toEqual({
      ...{ what: 'structure', part: null, of: null, snapshots: 2, bytes: 0, allBytes: null },
    });
    expect(structure.events.findLast((event) => event.type === 'progress')).toMatchObject({
      progress: { files: 2, totalFiles: 2, bytes: 0 },
    });

    let read = 0;
    let all = 0;
    for (const part of [1, 2]) {
      const share = reporting();
      const job = { runId, readData: true, share: { part, of: 2 } };
      const { checked } = await checkRun(repository, job, share.report, signal);
      expect(phases(share.events)).toEqual(['check-share']);
      expect(checked).toMatchObject({ what: 'share', part, of: 2, snapshots: 2 });
      read += checked.bytes;
      all = checked.allBytes ?? 0;
    }
    expect(all).toBeGreaterThan(0);
    expect(read).toBe(all);

    const whole = reporting();
    const { checked } = await checkRun(repository, { runId, readData: true }, whole.report, signal);
    expect(phases(whole.events)).toEqual(['check-data']);
    expect(checked).toMatchObject({ what: 'all', part: null, bytes: all, allBytes: all });
    await repository.close();
  });
});
