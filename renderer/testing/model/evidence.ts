import { earnLevel } from '../../../shared/domain/earn-level.ts';
import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { placesOfPlan } from './build.ts';
import { runIdOf, sourceIdOf } from './ids.ts';
import { backupRun, instantOf } from './runs.ts';
import type { Plan } from './world.ts';

/** Evidence that earns exactly the level the snapshot is labelled with; `evidence.test.ts` holds it to that. */
export function evidenceOf(plan: Plan, mark: SnapshotMark): Evidence {
  const torn = backupRun(plan, mark).warnings.map(({ path = '', text }) => ({ path, reason: text }));
  const files = mark.files ?? 0;
  const isTracked = plan.method === 'precopy-freeze' && mark.level === 'filesystem';
  const parts = {
    tracking: isTracked ? trackingOf(mark) : null,
    probe: isTracked ? { steps: 412, longestMs: (mark.stallMs ?? 0) * 1.04 } : null,
    hooks: [],
    hold: mark.level === 'filesystem' ? { ...holdOf(mark), readInside: !isTracked } : null,
    observation: mark.level === 'filesystem' || mark.level === 'application' ? null : observationOf(mark),
    agreement:
      mark.level === 'application'
        ? { application: 'Tarantool', position: 'vclock {1: 88421}', confirmed: true }
        : null,
    atomic: mark.level === 'crash' ? { kind: 'disk', flushed: false, oraclesPassed: true } : null,
    files: {
      files,
      directories: Math.round(files / 11),
      others: 3,
      bytes: mark.bytes ?? 0,
      rereadTotal: mark.level === 'filesystem' ? 0 : 4,
      torn,
      tornTotal: torn.length,
      unreadable: [],
      unreadableTotal: 0,
    },
  };
  const earned = earnLevel(parts);
  return {
    version: 1,
    runId: mark.runId ?? runIdOf(mark.id),
    sourceId: sourceIdOf(plan.key),
    sourceName: plan.name,
    sourceKind: plan.kind,
    sourceLocation: placesOfPlan(plan).join(', '),
    method: plan.method,
    level: earned.level,
    levelReason: earned.reason,
    whyNotStronger: whyNot(plan),
    askedAt: instantOf(mark.askedAt ?? mark.time),
    stillPoint: instantOf(mark.time),
    ...parts,
    ...(plan.others === undefined || parts.hold === null ? {} : { members: membersOf(plan, parts.hold, mark) }),
    flushedAt: instantOf(mark.time - 402),
    leftOut: [{ path: `${plan.path}/.cache`, reason: 'excluded' }],
    leftOutTotal: 1,
    attempts: 1,
    machine: {
      hostname: 'kestrel',
      kernel: '6.12.9',
      filesystem: plan.detail.split(' · ')[0] ?? 'ext4',
      mountPoint: '/home',
      device: '/dev/nvme0n1p3',
    },
    detail: {},
  };
}

/** Most of it copied live, a database mapped by its program, little left for the pause. */
function trackingOf(mark: SnapshotMark): NonNullable<Evidence['tracking']> {
  const newBytes = mark.newBytes ?? 0;
  return {
    kind: 'fanotify',
    startedAt: instantOf(mark.time - 26 * 3_600_000),
    continuedFrom: `${mark.id.slice(0, 16)}`,
    gaps: 0,
    passes: [
      { files: 184, bytes: newBytes, durationMs: 1_904 },
      { files: 7, bytes: 412_000, durationMs: 38.4 },
    ],
    drainedInside: true,
    foldersInside: 1,
    filesInside: 3,
    bytesInside: 18 * 1024,
    openForWriting: 11,
    restatInside: true,
    writerScanComplete: true,
    writerScanGap: '',
    suspects: [
      { kind: 'writable-mapping', path: '/home/mika/Documents/.index/search.db-shm', pid: 2417 },
      { kind: 'asynchronous-io', path: '/home/mika/Documents/Projects/model.bin', pid: 3120 },
    ],
    suspectsTotal: 2,
    suspectsSettled: 2,
    hotFiles: 0,
    retries: ['More changed in that moment than fits into a pause of 250 ms.'],
    doubts: [],
  };
}

/** One filesystem after the other, and back in reverse: what was frozen first is held longest. */
function membersOf(plan: Plan, hold: NonNullable<Evidence['hold']>, mark: SnapshotMark): Evidence['members'] {
  const stallMs = mark.stallMs ?? 0;
  const places = placesOfPlan(plan);
  return places.map((path, index) => {
    const [inner, outer] = [index / places.length, (index + 1) / places.length];
    const from = mark.time + stallMs * 0.37 * inner;
    const to = mark.time + stallMs * (1 - 0.08 * inner);
    return {
      locations: [path],
      mountPoint: path,
      filesystem: 'xfs',
      hold: {
        ...hold,
        requestedAt: instantOf(from),
        frozenAt: instantOf(mark.time + stallMs * 0.37 * outer),
        thawRequestedAt: instantOf(mark.time + stallMs * (1 - 0.08 * outer)),
        thawedAt: instantOf(to),
        stallMs: to - from,
      },
    };
  });
}

function holdOf(mark: SnapshotMark): NonNullable<Evidence['hold']> {
  const stallMs = mark.stallMs ?? 0;
  return {
    requestedAt: instantOf(mark.time),
    frozenAt: instantOf(mark.time + stallMs * 0.37),
    thawRequestedAt: instantOf(mark.time + stallMs * 0.92),
    thawedAt: instantOf(mark.time + stallMs),
    stallMs,
    leaseMs: 250,
    thawCause: 'command',
    thawConfirmed: true,
    readInside: true,
    filesInside: 3,
    bytesInside: 18 * 1024,
  };
}

function observationOf(mark: SnapshotMark): Evidence['observation'] {
  const quiet = mark.level === 'observed-static';
  const suspects = quiet
    ? []
    : [{ kind: 'writable-mapping' as const, path: '/media/mika/CARD/Photos/library.db', pid: 4211 }];
  return {
    firstScanStartedAt: instantOf(mark.time - 2_000),
    firstScanFinishedAt: instantOf(mark.time - 1_400),
    lastScanStartedAt: instantOf(mark.time + 900),
    lastScanFinishedAt: instantOf(mark.time + 1_500),
    flushedBeforeFirstScan: true,
    differences: quiet ? 0 : 2,
    newestChangeAt: instantOf(mark.time - 3 * 3_600_000),
    ctimeGranularityMs: 4,
    suspectScanComplete: true,
    suspectScanGap: '',
    suspects,
    suspectsTotal: suspects.length,
  };
}

function whyNot(plan: Plan): string[] {
  if (plan.level === 'application') return [];
  if (plan.level === 'filesystem') return ['Stronger only if the application takes part.'];
  if (plan.level === 'crash') return ['No guest agent answered, so nothing was flushed inside the machine.'];
  return ['exFAT cannot be frozen, so nothing could be held still.'];
}
