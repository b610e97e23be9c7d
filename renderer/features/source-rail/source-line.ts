import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';

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

export function sourceLine(
  source: SourceView,
  lane: Lane | undefined,
  runs: readonly RunView[],
  now: number,
): SourceLine {
  if (source.health === 'running') {
    return { kind: 'running', run: runs.find(({ runId }) => runId === source.runningRunId) ?? null };
  }
  const lastGood = source.lastGood?.time ?? null;
  if (source.health === 'new') return { kind: 'never' };
  if (source.health === 'failed' && wasInterrupted(source, runs)) return { kind: 'interrupted', lastGood };
  if (source.health === 'late')
    return { kind: 'late', since: source.lateSince, why: source.heldBack || source.healthText };
  if (source.health !== 'safe') return { kind: 'trouble', why: source.healthText, lastGood };
  if (lastGood === null) return { kind: 'never' };
  if (source.heldBack !== '') return { kind: 'held-back', lastGood, why: source.heldBack };
  return { kind: 'good', lastGood, next: nextRun(source, lane, now) };
}

/** Whether what failed was the backup that ended last, and only because whoever did it was gone. */
function wasInterrupted(source: SourceView, runs: readonly RunView[]): boolean {
  const last = runs.find((run) => run.sourceId === source.id && run.kind === 'backup' && run.finishedAt !== null);
  return last?.outcome === 'interrupted';
}

/** What the scheduler says, else the next tick of its lane. */
export function nextRun(source: SourceView, lane: Lane | undefined, now: number): number | null {
  if (source.nextRunAt !== null && source.nextRunAt > now) return source.nextRunAt;
  return lane?.planned.find((time) => time > now) ?? null;
}
