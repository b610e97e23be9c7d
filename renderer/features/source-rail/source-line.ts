import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';

/** What the second line of a source says; the words are the caller's. */
export type SourceLine =
  | { readonly kind: 'running'; readonly run: RunView | null }
  | { readonly kind: 'trouble'; readonly why: string; readonly lastGood: number | null }
  | { readonly kind: 'interrupted'; readonly lastGood: number | null }
  | { readonly kind: 'never' }
  | { readonly kind: 'good'; readonly lastGood: number; readonly next: number | null };

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
  if (source.health !== 'safe') return { kind: 'trouble', why: source.healthText, lastGood };
  if (lastGood === null) return { kind: 'never' };
  return { kind: 'good', lastGood, next: nextPlanned(lane, now) };
}

/** Whether what failed was the backup that ended last, and only because whoever did it was gone. */
function wasInterrupted(source: SourceView, runs: readonly RunView[]): boolean {
  const last = runs.find((run) => run.sourceId === source.id && run.kind === 'backup' && run.finishedAt !== null);
  return last?.outcome === 'interrupted';
}

export function nextPlanned(lane: Lane | undefined, now: number): number | null {
  return lane?.planned.find((time) => time > now) ?? null;
}
