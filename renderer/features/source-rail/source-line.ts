import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';

/** What the second line of a source says; the words are the caller's. */
export type SourceLine =
  | { readonly kind: 'running'; readonly run: RunView | null }
  | { readonly kind: 'trouble'; readonly why: string; readonly lastGood: number | null }
  | { readonly kind: 'interrupted'; readonly lastGood: number | null }
  | { readonly kind: 'late'; readonly since: number | null; readonly why: string }
  | { readonly kind: 'never' }
  | { readonly kind: 'good'; readonly lastGood: number; readonly next: number | null }
  /** All is well so far, but a run that is owed does not begin. */
  | { readonly kind: 'held-back'; readonly lastGood: number; readonly why: string };

export function sourceLine(source: SourceView, runs: readonly RunView[], now: number): SourceLine {
  if (source.health === 'running') {
    return { kind: 'running', run: runs.find(({ runId }) => runId === source.runningRunId) ?? null };
  }
  const lastGood = source.lastGood?.time ?? null;
  if (source.health === 'new') return { kind: 'never' };
  if (source.health === 'failed' && wasInterrupted(source, runs)) return { kind: 'interrupted', lastGood };
  if (source.health === 'late') return { kind: 'late', since: source.lateSince, why: source.heldBack };
  if (source.health !== 'safe') return { kind: 'trouble', why: source.healthText, lastGood };
  if (lastGood === null) return { kind: 'never' };
  if (source.heldBack !== '') return { kind: 'held-back', lastGood, why: source.heldBack };
  return { kind: 'good', lastGood, next: nextRun(source, now) };
}

/** Whether what failed was the backup that ended last, and only because whoever did it was gone. */
function wasInterrupted(source: SourceView, runs: readonly RunView[]): boolean {
  const last = runs.find((run) => run.sourceId === source.id && run.kind === 'backup' && run.finishedAt !== null);
  return last?.outcome === 'interrupted';
}

/** When the scheduler will begin the next run; null where it says nothing of one to come. */
export function nextRun({ nextRunAt }: SourceView, now: number): number | null {
  return nextRunAt !== null && nextRunAt > now ? nextRunAt : null;
}
