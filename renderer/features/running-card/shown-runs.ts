import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';

const mostEnded = 2;

/** Restores show their own end, with its undo, where they were started. */
const ownEnd: ReadonlySet<RunView['kind']> = new Set(['restore', 'undo']);

export function activeRuns(runs: readonly RunView[]): RunView[] {
  return runs.filter(({ finishedAt }) => finishedAt === null);
}

/**
 * Ended runs that this window saw at work and nobody has closed, newest first. One that ran again since is superseded by
 * the newer.
 */
export function endedRuns(
  runs: readonly RunView[],
  watched: ReadonlySet<RunId>,
  dismissed: ReadonlySet<RunId>,
): RunView[] {
  const seen = new Set<string>();
  const shown: RunView[] = [];
  for (const run of runs) {
    const subject = `${run.kind} ${run.sourceId ?? run.repositoryId ?? ''}`;
    const newest = !seen.has(subject);
    seen.add(subject);
    if (!newest || run.finishedAt === null || ownEnd.has(run.kind)) continue;
    if (watched.has(run.runId) && !dismissed.has(run.runId)) shown.push(run);
  }
  return shown.slice(0, mostEnded);
}

/** Tone of an end: only a level that is not weak sounds like a success. */
export function endTone(run: RunView): 'ok' | 'info' | 'warn' | 'bad' {
  switch (run.outcome) {
    case 'done':
      if (run.kind !== 'backup') return 'ok';
      return run.level === null || run.level === 'torn' || run.level === 'per-file' ? 'warn' : 'ok';
    case 'failed':
      return 'bad';
    case 'cancelled':
      return 'info';
    default:
      return 'warn';
  }
}
