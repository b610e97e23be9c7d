import { expect, it } from 'vitest';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { memoryCatalog } from '../testing/memory-catalog.ts';
import { backupRun, photos, repositoryId, runId, snapshotId } from '../testing/samples.ts';

const rich = backupRun(1, ['preflight', 'freeze', 'thaw'], {
  outcome: 'warnings',
  warnings: [
    { code: 'torn', text: 'It changed.', path: '/a' },
    { code: 'other', text: 'Something.' },
  ],
  warningsTotal: 7,
  notes: [{ severity: 'info', text: 'First backup.' }],
  error: { kind: 'io', message: 'No.', guidance: 'Try.', retryable: true, context: { errno: 'EIO' } },
});

it('gives a run back as it was put, and replaces it when put again', () => {
  const { catalog, count } = memoryCatalog();
  catalog.call('runs.put', { runs: [backupRun(1, ['scan'])] });
  catalog.call('runs.put', { runs: [rich] });
  expect(catalog.call('runs.get', { runId: runId(1) })).toEqual(rich);
  expect(catalog.call('runs.known', {})).toEqual([runId(1)]);
  expect({ phases: count('run_phases'), warnings: count('run_warnings') }).toEqual({ phases: 3, warnings: 2 });
  expect(catalog.call('runs.get', { runId: runId(2) })).toBeNull();
});

it('lists newest first, page by page', () => {
  const { catalog } = memoryCatalog();
  catalog.call('runs.put', { runs: [2, 1, 4, 3].map((n) => backupRun(n, [])) });
  const ids = (runs: { runId: string }[]): string[] => runs.map((run) => run.runId);
  const first = catalog.call('runs.list', { limit: 3 });
  expect(ids(first)).toEqual([runId(4), runId(3), runId(2)]);
  const before = first.at(-1)?.startedAt;
  expect(ids(catalog.call('runs.list', { limit: 3, before }))).toEqual([runId(1)]);
});

it('knows the newest finished backup of each source', () => {
  const { catalog } = memoryCatalog();
  const other = 'other' as SourceId;
  const runs = [
    backupRun(1, []),
    backupRun(2, []),
    backupRun(3, [], { finishedAt: null, outcome: null }),
    backupRun(4, [], { kind: 'restore' }),
    backupRun(5, [], { sourceId: other }),
    // The clock was wrong: it says nothing of what came before and comes after.
    backupRun(6, []),
  ];
  catalog.call('runs.put', { runs });
  const latest = catalog.call('runs.latestBackups', { notAfter: backupRun(5, []).startedAt });
  expect(latest.map((run) => [run.sourceId, run.runId])).toEqual([
    [photos, runId(2)],
    [other, runId(5)],
  ]);
});

it('draws backups that made no snapshot, and only those', () => {
  const { catalog } = memoryCatalog();
  const failed = (n: number, more: Parameters<typeof backupRun>[2]) =>
    backupRun(n, [], { snapshotId: null, summary: `run ${n}`, ...more });
  const runs = [
    backupRun(1, []),
    failed(2, { outcome: 'failed' }),
    failed(3, { outcome: 'waiting' }),
    failed(4, { outcome: 'failed', kind: 'check' }),
    failed(5, { outcome: null, finishedAt: null }),
  ];
  catalog.call('runs.put', { runs });
  const { failures } = catalog.call('snapshots.drawn', {});
  expect(failures.map(({ outcome, text }) => [outcome, text])).toEqual([
    ['failed', 'run 2'],
    ['waiting', 'run 3'],
  ]);
});

it('replaces the list of restores as a whole', () => {
  const { catalog } = memoryCatalog();
  const restore = (n: number) => ({
    runId: runId(n),
    repositoryId,
    safetySnapshotId: null,
    restoredSnapshotId: snapshotId(1),
    targetPath: '/home',
    finishedAt: `2025-11-2${n}T02:00:00Z`,
    replaced: 1,
    added: 2,
    deleted: 0,
    undoneBy: null,
  });
  catalog.call('restores.put', { restores: [restore(1), restore(2)] });
  catalog.call('restores.put', { restores: [restore(2), restore(3)] });
  expect(catalog.call('restores.list', {})).toEqual([restore(3), restore(2)]);
});
