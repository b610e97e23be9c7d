import type { RepositoryId, RunId } from '../../shared/domain/ids.ts';
import type { PhaseName, RunKind } from '../../shared/domain/run.ts';
import type { RunView } from '../../shared/ipc/runs.ts';
import type { Stage } from './bridge/handlers.ts';
import { runIdOf } from './model/ids.ts';
import { plans } from './model/plans.ts';
import { emptyRun, instantOf } from './model/runs.ts';

export interface CareScript {
  readonly kind: RunKind;
  readonly title: string;
  readonly repositoryId: RepositoryId;
  readonly phases: readonly PhaseName[];
  /** Of the last phase. */
  readonly bytes: number | null;
  readonly snapshots: number;
  readonly note?: string;
  readonly end: Pick<RunView, 'outcome' | 'summary'> & Partial<RunView>;
  readonly onEnd?: (runId: RunId) => void;
}

const tickMs = 120;
const phaseMs = 1_400;
const timers = new Map<RunId, ReturnType<typeof setInterval>>();

/** Plays a check, a prune, a repair or a copy. */
export function playCare(script: CareScript, stage: Stage): { readonly runId: RunId } {
  const started = stage.now();
  const runId = runIdOf(`${script.title} ${started}`);
  let elapsed = 0;
  const put = (run: RunView): void => {
    stage.world.runs = [run, ...stage.world.runs.filter((other) => other.runId !== runId)];
    stage.emit({ type: 'run', run });
  };
  const base: RunView = {
    ...emptyRun(plans.documents, runId, started),
    kind: script.kind,
    title: script.title,
    trigger: 'person',
    sourceId: null,
    repositoryId: script.repositoryId,
    notes: script.note === undefined ? [] : [{ severity: 'info', text: script.note }],
  };
  const tick = (): void => {
    elapsed += tickMs;
    const at = Math.floor(elapsed / phaseMs);
    const phase = script.phases[at];
    if (phase === undefined) {
      clearInterval(timers.get(runId));
      put({ ...base, finishedAt: instantOf(stage.now()), ...script.end });
      script.onEnd?.(runId);
      stage.emit({ type: 'changed', topics: ['repositories', 'timeline'] });
      return;
    }
    const done = (elapsed - at * phaseMs) / phaseMs;
    const isLast = at === script.phases.length - 1;
    const bytes = script.bytes === null || !isLast ? null : script.bytes;
    put({
      ...base,
      phase,
      progress: {
        files: bytes === null ? Math.round(script.snapshots * done) : 0,
        bytes: bytes === null ? 0 : Math.round(bytes * done),
        totalFiles: bytes === null ? script.snapshots : null,
        totalBytes: bytes,
        current: '',
        bytesPerSecond: bytes === null ? null : 190 * 1024 ** 2,
        secondsLeft: bytes === null ? null : (1 - done) * 64,
      },
    });
  };
  timers.set(runId, setInterval(tick, tickMs));
  put({ ...base, summary: 'Waiting to begin.' });
  return { runId };
}

export function cancelCare(runId: RunId, stage: Stage): boolean {
  const run = stage.world.runs.find((candidate) => candidate.runId === runId);
  if (run === undefined || !timers.has(runId) || run.finishedAt !== null) return false;
  clearInterval(timers.get(runId));
  const ended: RunView = {
    ...run,
    ...{ finishedAt: instantOf(stage.now()), outcome: 'cancelled', phase: null, progress: null },
    summary: 'Cancelled. Nothing that a snapshot needs was touched.',
  };
  stage.world.runs = [ended, ...stage.world.runs.filter((other) => other.runId !== runId)];
  stage.emit({ type: 'run', run: ended });
  return true;
}
