import type { RunId } from '../../../shared/domain/ids.ts';
import type { PhaseName, RunEvent, RunKind, RunResult, RunTrigger } from '../../../shared/domain/run.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';

export interface SimulatedRun {
  readonly runId: RunId;
  readonly kind: RunKind;
  readonly source?: Source | undefined;
  readonly askedAt?: string;
  readonly trigger?: RunTrigger;
  readonly now?: () => number;
  readonly phases: readonly PhaseName[];
  readonly phaseMs: number;
  /** What a backup publishes when it gets that far. */
  readonly snapshot?: SnapshotSummary;
  readonly emit: (event: RunEvent) => void | Promise<void>;
  readonly signal: AbortSignal;
}

/** Goes through the phases of a run and tells of each, as the helper does; stops between two when asked. */
export async function simulatedRun(run: SimulatedRun): Promise<RunResult> {
  const { runId, emit, signal, source, snapshot } = run;
  const now = (): string => msToInstant((run.now ?? Date.now)());
  await emit({
    type: 'run-started',
    runId,
    at: now(),
    kind: run.kind,
    sourceId: source?.id ?? null,
    repositoryId: source?.policy.repositoryId ?? null,
    askedAt: run.askedAt ?? now(),
    title: source ? `Back up ${source.name}` : run.kind,
    trigger: run.trigger ?? 'person',
  });
  for (const phase of run.phases) {
    if (signal.aborted) break;
    await emit({ type: 'phase-started', runId, at: now(), phase });
    for (let step = 1; step <= 4 && !signal.aborted; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, run.phaseMs / 4));
      if (phase === 'store' || phase === 'write') await emit(progress(runId, phase, now(), step));
    }
    if (phase === 'thaw' && snapshot) await emit(held(runId, now(), snapshot));
    await emit({ type: 'phase-finished', runId, at: now(), phase, durationMs: run.phaseMs });
  }
  const result = resultOf(run);
  await emit({ type: 'run-finished', runId, at: now(), result });
  return result;
}

function progress(runId: RunId, phase: PhaseName, at: string, step: number): RunEvent {
  return {
    type: 'progress',
    runId,
    at,
    phase,
    progress: {
      files: step * 5,
      bytes: step * 1_000_000,
      totalFiles: 20,
      totalBytes: 4_000_000,
      current: `/home/user/Photos/${step}.jpg`,
      bytesPerSecond: 1_000_000,
      secondsLeft: 4 - step,
    },
  };
}

function held(runId: RunId, at: string, snapshot: SnapshotSummary): RunEvent {
  const thawedAt = msToInstant(Date.parse(snapshot.time) + 12);
  return { type: 'held', runId, at, frozenAt: snapshot.time, thawedAt, stallMs: 11.8 };
}

function resultOf({ runId, signal, snapshot, kind }: SimulatedRun): RunResult {
  const isDone = !signal.aborted;
  const made = isDone && snapshot ? snapshot : undefined;
  return {
    runId,
    outcome: isDone ? 'done' : 'cancelled',
    snapshotId: made?.id ?? null,
    level: made?.level ?? null,
    stallMs: made?.stallMs ?? null,
    files: 20,
    bytes: 4_000_000,
    newBytes: made?.newBytes ?? 0,
    summary: isDone ? `Finished: ${kind}.` : 'Cancelled.',
    warnings: [],
    warningsTotal: 0,
    error: null,
  };
}
