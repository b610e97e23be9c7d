import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RepositoryId, RunId, SnapshotId, SourceId } from '../../../shared/domain/ids.ts';
import type { PhaseName } from '../../../shared/domain/run.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';

const digits = (n: number, width: number): string => n.toString(16).padStart(width, '0');
export const repositoryId = digits(1, 64) as RepositoryId;
export const otherRepositoryId = digits(2, 64) as RepositoryId;
export const snapshotId = (n: number): SnapshotId => digits(n, 64) as SnapshotId;
export const runId = (n: number): RunId => digits(n, 32) as RunId;
export const photos = 'photos' as SourceId;

export const start = Date.parse('2025-11-20T02:00:00Z');
const hour = 3_600_000;

/** Snapshot number n of one source, an hour after the one before. */
export function summary(n: number, more: Partial<SnapshotSummary> = {}): SnapshotSummary {
  return {
    id: snapshotId(n),
    repositoryId,
    runId: runId(n),
    sourceId: photos,
    sourceName: 'Photos',
    time: msToInstant(start + n * hour),
    askedAt: msToInstant(start + n * hour - 1_000),
    level: 'filesystem',
    method: 'precopy-freeze',
    stallMs: 11.8,
    kind: 'backup',
    hostname: 'host',
    username: 'user',
    paths: ['/home/user/photos'],
    tags: ['stillpoint:1'],
    pinned: false,
    files: 10,
    bytes: 1_000,
    newBytes: 100,
    ...more,
  };
}

export function foreign(n: number, more: Partial<SnapshotSummary> = {}): SnapshotSummary {
  return summary(n, {
    kind: 'foreign',
    runId: null,
    sourceId: null,
    askedAt: null,
    level: null,
    method: null,
    stallMs: null,
    ...more,
  });
}

/** The run that made snapshot n, with the phases named. */
export function backupRun(n: number, phases: readonly PhaseName[], more: Partial<RunView> = {}): RunView {
  const at = (ms: number): string => msToInstant(start + n * hour + ms);
  return {
    runId: runId(n),
    kind: 'backup',
    title: 'Back up Photos',
    trigger: 'schedule',
    sourceId: photos,
    repositoryId,
    askedAt: at(-1_000),
    startedAt: at(-500),
    finishedAt: at(60_000),
    outcome: 'done',
    phase: null,
    phases: phases.map((name, index) => ({ name, startedAt: at(index), durationMs: 1.5 })),
    progress: null,
    held: { frozenAt: at(0), thawedAt: at(12), stallMs: 11.8 },
    snapshotId: snapshotId(n),
    level: 'filesystem',
    files: 10,
    bytes: 1_000,
    newBytes: 100,
    summary: 'Held still for 11.8 ms.',
    warnings: [],
    warningsTotal: 0,
    notes: [],
    error: null,
    ...more,
  };
}

export function evidence(n: number, more: Partial<Evidence> = {}): Evidence {
  const at = (ms: number): string => msToInstant(start + n * hour + ms);
  return {
    version: 1,
    runId: runId(n),
    sourceId: photos,
    sourceName: 'Photos',
    sourceKind: 'filesystem',
    sourceLocation: '/home/user/photos',
    method: 'precopy-freeze',
    level: 'filesystem',
    levelReason: 'Everything was read while the filesystem was frozen.',
    whyNotStronger: [],
    askedAt: at(-1_000),
    stillPoint: at(0),
    tracking: null,
    probe: null,
    hooks: [],
    hold: {
      requestedAt: at(0),
      frozenAt: at(3),
      thawRequestedAt: at(11),
      thawedAt: at(12),
      stallMs: 11.8,
      leaseMs: 1_000,
      thawCause: 'command',
      thawConfirmed: true,
      readInside: true,
      filesInside: 1,
      bytesInside: 10,
    },
    observation: null,
    agreement: null,
    atomic: null,
    flushedAt: at(-100),
    files: {
      files: 10,
      directories: 1,
      others: 0,
      bytes: 1_000,
      rereadTotal: 0,
      torn: [],
      tornTotal: 0,
      unreadable: [],
      unreadableTotal: 0,
    },
    leftOut: [],
    leftOutTotal: 0,
    attempts: 1,
    machine: { hostname: 'host', kernel: '6', filesystem: 'ext4', mountPoint: '/home', device: '/dev/loop1' },
    detail: {},
    ...more,
  };
}

/** Two whole-tree scans that agree, long after the newest change. */
export function quietObservation(n: number): NonNullable<Evidence['observation']> {
  const at = (ms: number): string => msToInstant(start + n * hour + ms);
  return {
    firstScanStartedAt: at(0),
    firstScanFinishedAt: at(100),
    lastScanStartedAt: at(5_000),
    lastScanFinishedAt: at(5_100),
    flushedBeforeFirstScan: true,
    differences: 0,
    newestChangeAt: at(-60_000),
    ctimeGranularityMs: 4,
    suspectScanComplete: true,
    suspectScanGap: '',
    suspects: [],
    suspectsTotal: 0,
  };
}
