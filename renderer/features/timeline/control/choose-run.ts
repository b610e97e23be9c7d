import type { RunSpan } from '../draw/scene.ts';
import { nearest } from '../layout/cull.ts';
import { type LaneIndex, snapshotAt } from '../layout/lane-index.ts';
import { endOf, startOf, type Viewport } from '../time/viewport.ts';

/** Above this span no run fills the view. */
const widest = 20 * 60_000;
/** Share of the view a run must fill before its phases unfold. */
const enough = 0.3;

export interface Candidate {
  readonly lane: number;
  readonly runId: string;
}

/**
 * The run whose phases the view is about: that of the selected snapshot where it is in view, else the one nearest to the
 * middle. Null while too much time is on the screen.
 */
export function candidateRun(
  lanes: readonly LaneIndex[],
  viewport: Viewport,
  selected: { readonly lane: number; readonly item: number },
): Candidate | null {
  if (viewport.span > widest) return null;
  const middle = startOf(viewport) + viewport.span / 2;
  let best: Candidate | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [at, index] of lanes.entries()) {
    const item = selected.lane === at && selected.item >= 0 ? selected.item : nearest(index.times, middle);
    const snapshot = snapshotAt(index, item);
    if (snapshot === undefined || snapshot.runId === null) continue;
    // A run lasts longer after its still point than before it; how long is known once its phases are.
    const from = (snapshot.askedAt ?? snapshot.time) - 1_000;
    if (endOf(viewport) < from || startOf(viewport) > snapshot.time + widest) continue;
    const preferred = selected.lane === at ? widest : 0;
    const distance = Math.abs(snapshot.time - middle) - preferred;
    if (distance >= bestDistance) continue;
    bestDistance = distance;
    best = { lane: at, runId: snapshot.runId };
  }
  return best;
}

/** Whether a run takes up so much of the view that its phases can be told apart. */
export function fillsView(run: RunSpan, viewport: Viewport, now: number): boolean {
  const start = Math.max(run.from, startOf(viewport));
  const end = Math.min(run.to ?? now, endOf(viewport));
  return end - start >= viewport.span * enough;
}
