import { formatDuration } from '../../../ui/format/duration.ts';
import { lowerBound } from '../layout/cull.ts';
import { type LaneIndex, snapshotAt } from '../layout/lane-index.ts';
import type { Row } from '../layout/rows.ts';
import { toX } from '../time/viewport.ts';
import { fonts } from './fonts.ts';
import type { Scene } from './scene.ts';

type Context = CanvasRenderingContext2D;

/** Quiesce windows at their true width, once that is wide enough to be seen as a width. */
export function drawHolds(context: Context, scene: Scene, index: LaneIndex, row: Row, top: number): void {
  const { viewport, width, tokens } = scene;
  // No pause is allowed to last longer; farther out than this every one is a line.
  const longest = 60_000;
  if ((longest * width) / viewport.span < 3) return;
  const start = viewport.origin + viewport.from;
  const end = start + viewport.span;
  for (let at = lowerBound(index.times, start - longest); at < index.times.length; at += 1) {
    if ((index.times[at] ?? 0) > end + longest) return;
    const snapshot = snapshotAt(index, at);
    if (snapshot === undefined || snapshot.frozenAt === null || snapshot.thawedAt === null) continue;
    const left = toX(viewport, width, snapshot.frozenAt);
    const right = toX(viewport, width, snapshot.thawedAt);
    if (right - left < 3 || right < 0 || left > width) continue;
    const x = Math.max(-4, left);
    const wide = Math.min(width + 4, right) - x;
    context.fillStyle = tokens.accentSoft;
    context.fillRect(x, top + 1, wide, row.height - 2);
    context.fillStyle = tokens.accent;
    if (left >= -2) context.fillRect(left - 0.75, top + 1, 1.5, row.height - 2);
    if (right <= width + 2) context.fillRect(right - 0.75, top + 1, 1.5, row.height - 2);
    const text = formatDuration(snapshot.stallMs ?? snapshot.thawedAt - snapshot.frozenAt);
    if (wide > 70) {
      context.fillStyle = tokens.ink;
      context.font = fonts.strong;
      context.textAlign = 'center';
      context.textBaseline = 'alphabetic';
      context.fillText(text, x + wide / 2, top + row.lane - 8);
    }
  }
}
