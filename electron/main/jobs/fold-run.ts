import type { RunEvent } from '../../../shared/domain/run.ts';
import type { PhaseView, RunView } from '../../../shared/ipc/runs.ts';

type RunStarted = Extract<RunEvent, { type: 'run-started' }>;

/** The view of a run that has been asked for and not begun. */
export function newRun(start: Omit<RunStarted, 'type' | 'at'>): RunView {
  return {
    runId: start.runId,
    kind: start.kind,
    title: start.title,
    trigger: start.trigger,
    sourceId: start.sourceId,
    repositoryId: start.repositoryId,
    askedAt: start.askedAt,
    startedAt: start.askedAt,
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

/** A run carries no level while it is under way: only its result says what was earned. */
export function foldRun(run: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'run-started':
      return {
        ...run,
        kind: event.kind,
        title: event.title,
        trigger: event.trigger,
        sourceId: event.sourceId,
        repositoryId: event.repositoryId,
        startedAt: event.at,
        summary: '',
      };
    case 'phase-started':
      return {
        ...run,
        phase: event.phase,
        // What is counted is the phase's own; the next one counts something else.
        progress: null,
        phases: [...run.phases, { name: event.phase, startedAt: event.at, durationMs: null }],
      };
    case 'phase-finished': {
      const phases = finishPhase(run.phases, event);
      // Between two phases the last one goes on being shown: there is nothing else to show.
      return { ...run, phases, phase: phases.findLast(({ durationMs }) => durationMs === null)?.name ?? event.phase };
    }
    case 'progress':
      return {
        ...run,
        phase: event.phase,
        progress: neverBack(run, event),
        files: event.progress.files,
        bytes: event.progress.bytes,
      };
    case 'held':
      return {
        ...run,
        held: { frozenAt: event.frozenAt, thawedAt: event.thawedAt, stallMs: event.stallMs },
      };
    case 'note':
      return { ...run, notes: [...run.notes, { severity: event.severity, text: event.text }] };
    case 'run-finished': {
      const { outcome, snapshotId, level, files, bytes, newBytes, summary, warnings, warningsTotal, error } =
        event.result;
      return {
        ...run,
        finishedAt: event.at,
        outcome,
        phase: null,
        progress: null,
        phases: run.phases.map((phase) => endAt(phase, event.at)),
        snapshotId,
        level,
        files,
        bytes,
        newBytes,
        summary,
        warnings,
        warningsTotal,
        error,
      };
    }
  }
}

/** The whole of a log; undefined for one that does not begin with its start. */
export function foldLog(events: readonly RunEvent[]): RunView | undefined {
  const start = events[0];
  return start?.type === 'run-started' ? events.reduce(foldRun, newRun(start)) : undefined;
}

/** Within a phase the bar never jumps back: a total once known does not shrink, and what is done is not undone. */
function neverBack(run: RunView, { phase, progress }: Extract<RunEvent, { type: 'progress' }>): RunView['progress'] {
  const before = run.phase === phase ? run.progress : null;
  if (!before) return progress;
  return {
    ...progress,
    files: Math.max(before.files, progress.files),
    bytes: Math.max(before.bytes, progress.bytes),
    totalFiles: larger(before.totalFiles, progress.totalFiles),
    totalBytes: larger(before.totalBytes, progress.totalBytes),
  };
}

function larger(before: number | null, now: number | null): number | null {
  return before === null || now === null ? (now ?? before) : Math.max(before, now);
}

function finishPhase(phases: readonly PhaseView[], event: Extract<RunEvent, { type: 'phase-finished' }>): PhaseView[] {
  const index = phases.findLastIndex(({ name, durationMs }) => name === event.phase && durationMs === null);
  // A phase measured as a whole after the fact (nothing is emitted while writers are held) began that much earlier.
  if (index < 0) {
    const startedAt = new Date(Date.parse(event.at) - event.durationMs).toISOString();
    return [...phases, { name: event.phase, startedAt, durationMs: event.durationMs }];
  }
  return phases.map((phase, at) => (at === index ? { ...phase, durationMs: event.durationMs } : phase));
}

function endAt(phase: PhaseView, at: string): PhaseView {
  if (phase.durationMs !== null) return phase;
  return { ...phase, durationMs: Math.max(0, Date.parse(at) - Date.parse(phase.startedAt)) };
}
