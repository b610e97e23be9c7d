import type { PhaseName, RunOutcome } from '../../../shared/domain/run.ts';
import { nsToInstant } from '../../../shared/domain/time.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import type { PhaseView, RunView } from '../../../shared/ipc/runs.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { repositoryIdOf, runIdOf, sourceIdOf } from './ids.ts';
import type { Plan } from './world.ts';

/** Milliseconds with fractions to an instant of microseconds. */
export function instantOf(ms: number): string {
  return nsToInstant(BigInt(Math.round(ms * 1000)) * 1000n);
}

const before: readonly (readonly [PhaseName, number])[] = [
  ['preflight', 204],
  ['open', 92],
  ['scan', 610],
  ['precopy', 1_890],
  ['flush', 401],
];
const after: readonly (readonly [PhaseName, number])[] = [
  ['rescan', 96],
  ['store', 1_210],
  ['verify-packs', 140],
  ['publish', 88],
  ['verify-snapshot', 702],
];

/** The phases of the run that made a snapshot, the pause exactly where the snapshot says it was. */
export function phasesOf(mark: SnapshotMark): PhaseView[] {
  const phases: PhaseView[] = [];
  const started = mark.askedAt ?? mark.time;
  const budget = mark.time - started;
  const total = before.reduce((sum, [, ms]) => sum + ms, 0);
  let at = started;
  const add = (name: PhaseName, durationMs: number): void => {
    phases.push({ name, startedAt: instantOf(at), durationMs });
    at += durationMs;
  };
  for (const [name, ms] of before) add(name, (ms / total) * budget);
  if (mark.stallMs !== null) {
    add('freeze', mark.stallMs * 0.37);
    add('delta', mark.stallMs * 0.55);
    add('thaw', mark.stallMs * 0.08);
  }
  for (const [name, ms] of after) add(name, ms);
  return phases;
}

/** What an import was writing while it was read: what somebody made, and what programs write by themselves. */
export const tornPaths = [
  '2026/IMG_4411.CR3',
  '2026/IMG_4412.CR3',
  'library.db',
  '.cache/thumbnails/4411.png',
  'import.log',
] as const;

export function backupRun(plan: Plan, mark: SnapshotMark): RunView {
  const phases = phasesOf(mark);
  const last = phases.at(-1);
  const finishedAt = last === undefined ? mark.time : Date.parse(last.startedAt) + (last.durationMs ?? 0);
  const torn = mark.level === 'torn';
  return {
    ...emptyRun(plan, mark.runId ?? runIdOf(mark.id), mark.askedAt ?? mark.time),
    finishedAt: instantOf(finishedAt),
    outcome: torn ? 'warnings' : 'done',
    phases,
    held:
      mark.stallMs === null || mark.frozenAt === null || mark.thawedAt === null
        ? null
        : { frozenAt: instantOf(mark.frozenAt), thawedAt: instantOf(mark.thawedAt), stallMs: mark.stallMs },
    snapshotId: mark.id,
    level: mark.level,
    files: mark.files ?? 0,
    bytes: mark.bytes ?? 0,
    newBytes: mark.newBytes ?? 0,
    summary: torn ? '5 files changed while being read.' : 'Everything was stored and read back.',
    warnings: torn
      ? tornPaths.map((path) => ({
          code: 'torn',
          text: 'changed while being read, twice',
          path: `${plan.path}/${path}`,
        }))
      : [],
    warningsTotal: torn ? tornPaths.length : 0,
  };
}

export function failedRun(
  plan: Plan,
  at: number,
  outcome: RunOutcome,
  summary: string,
  error: SerializedError | null,
): RunView {
  return {
    ...emptyRun(plan, runIdOf(`${plan.key} ${outcome} ${at}`), at),
    finishedAt: instantOf(at + (outcome === 'waiting' ? 40 : 21_000)),
    outcome,
    summary,
    error,
    phases:
      outcome === 'waiting'
        ? [{ name: 'open', startedAt: instantOf(at), durationMs: 40 }]
        : [
            { name: 'preflight', startedAt: instantOf(at), durationMs: 210 },
            { name: 'scan', startedAt: instantOf(at + 210), durationMs: 1_400 },
            { name: 'precopy', startedAt: instantOf(at + 1_610), durationMs: 19_390 },
          ],
  };
}

export function emptyRun(plan: Plan, runId: RunView['runId'], at: number): RunView {
  return {
    runId,
    kind: 'backup',
    title: `Back up ${plan.name}`,
    trigger: 'schedule',
    sourceId: sourceIdOf(plan.key),
    repositoryId: repositoryIdOf(plan.repository),
    askedAt: instantOf(at),
    startedAt: instantOf(at),
    finishedAt: null,
    outcome: null,
    phase: null,
    phases: [],
    progress: null,
    held: null,
    snapshotId: null,
    level: null,
    files: 0,
    bytes: 0,
    newBytes: 0,
    summary: '',
    warnings: [],
    warningsTotal: 0,
    notes: [],
    error: null,
  };
}
