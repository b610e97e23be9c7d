import type { RunId } from '../../shared/domain/ids.ts';
import type { PhaseName } from '../../shared/domain/run.ts';
import type { PhaseView, RunView } from '../../shared/ipc/runs.ts';
import type { Stage } from './bridge/handlers.ts';
import { runIdOf } from './model/ids.ts';
import { markOf } from './model/marks.ts';
import { plans } from './model/plans.ts';
import { backupRun, emptyRun, instantOf } from './model/runs.ts';
import type { Plan } from './model/world.ts';

const tickMs = 120;
const script: readonly (readonly [PhaseName, number])[] = [
  ['preflight', 400],
  ['open', 200],
  ['scan', 900],
  ['precopy', 4_000],
  ['flush', 500],
  ['store', 16_000],
  ['verify-packs', 500],
  ['publish', 300],
  ['verify-snapshot', 1_500],
];
const length = script.reduce((sum, [, ms]) => sum + ms, 0);
const timers = new Map<RunId, ReturnType<typeof setInterval>>();

/** Plays a backup from `startAt` (0 to 1) to its end; the pause falls between flush and store. */
export function startLive(name: string, stage: Stage, startAt: number): RunId {
  const plan: Plan = Object.values(plans).find((candidate) => candidate.name === name) ?? { ...plans.documents, name };
  const started = stage.now() - startAt * length;
  const runId = runIdOf(`live ${name} ${started}`);
  let elapsed = startAt * length;
  const tick = (): void => {
    elapsed += tickMs;
    if (elapsed >= length) finish(plan, runId, started, stage);
    else publish(liveView(plan, runId, started, elapsed), stage);
  };
  timers.set(runId, setInterval(tick, tickMs));
  setHealth(stage, plan, 'running', runId);
  publish(liveView(plan, runId, started, elapsed), stage);
  return runId;
}

export function cancelLive(runId: RunId, stage: Stage): void {
  const run = stage.world.runs.find((candidate) => candidate.runId === runId);
  if (run === undefined || run.finishedAt !== null) return;
  clearInterval(timers.get(runId));
  publish(
    {
      ...run,
      finishedAt: instantOf(stage.now()),
      outcome: 'cancelled',
      phase: null,
      progress: null,
      summary: 'Cancelled. What was already stored is kept, and the next run continues from it.',
    },
    stage,
  );
  setHealth(stage, Object.values(plans).find(({ key }) => key === run.sourceId) ?? plans.documents, 'safe', null);
}

function liveView(plan: Plan, runId: RunId, started: number, elapsed: number): RunView {
  const phases: PhaseView[] = [];
  let at = 0;
  let phase: PhaseName = 'preflight';
  for (const [name, ms] of script) {
    if (at > elapsed) break;
    phase = name;
    phases.push({
      name,
      startedAt: instantOf(started + at),
      durationMs: at + ms <= elapsed ? ms : null,
    });
    at += ms;
  }
  const held = elapsed > 6_000 && plan.stallMs !== null ? heldAt(started + 6_000) : null;
  const copying = phase === 'precopy' || phase === 'store' ? Math.min(1, Math.max(0, (elapsed - 1_500) / 20_500)) : 0;
  const bytes = Math.round(plan.bytes * copying);
  return {
    ...emptyRun(plan, runId, started),
    phase,
    phases,
    held,
    files: Math.round(plan.files * copying),
    bytes,
    progress: {
      files: Math.round(plan.files * copying),
      bytes,
      totalFiles: plan.files,
      totalBytes: plan.bytes,
      current: `${plan.path}/Projects/thesis/figures/overview-${Math.floor(elapsed / 700)}.svg`,
      bytesPerSecond: plan.bytes / 20,
      secondsLeft: Math.max(0, (length - elapsed) / 1000) + 100,
    },
  };
}

function heldAt(frozen: number): RunView['held'] {
  return { frozenAt: instantOf(frozen), thawedAt: instantOf(frozen + 11.8), stallMs: 11.8 };
}

function finish(plan: Plan, runId: RunId, started: number, stage: Stage): void {
  clearInterval(timers.get(runId));
  const mark = { ...markOf(plan, started), runId };
  publish({ ...backupRun(plan, mark), finishedAt: instantOf(stage.now()) }, stage);
  stage.world.lanes = stage.world.lanes.map((lane) =>
    lane.key === plan.key ? { ...lane, snapshots: [...lane.snapshots, mark] } : lane,
  );
  stage.world.sources = stage.world.sources.map((source) =>
    source.id === plan.key ? { ...source, last: mark, lastGood: mark } : source,
  );
  setHealth(stage, plan, 'safe', null);
  stage.emit({ type: 'changed', topics: ['timeline'] });
}

function publish(run: RunView, stage: Stage): void {
  stage.world.runs = [run, ...stage.world.runs.filter(({ runId }) => runId !== run.runId)];
  stage.emit({ type: 'run', run });
}

function setHealth(stage: Stage, plan: Plan, health: 'running' | 'safe', runId: RunId | null): void {
  stage.world.sources = stage.world.sources.map((source) =>
    source.id === plan.key ? { ...source, health, healthText: '', runningRunId: runId } : source,
  );
  stage.emit({ type: 'changed', topics: ['sources'] });
}
