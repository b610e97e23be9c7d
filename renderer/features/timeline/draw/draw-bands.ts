import { firstBandAfter } from '../layout/cull.ts';
import type { LaneIndex } from '../layout/lane-index.ts';
import type { Row } from '../layout/rows.ts';
import { toX } from '../time/viewport.ts';
import { laneMetrics } from './lane-metrics.ts';
import type { Scene } from './scene.ts';

type Context = CanvasRenderingContext2D;
const narrowest = 7;

/** Nights of a year are a tone of their own: below this many pixels an allowed time is not told apart. */
const narrowestWindow = 2;

/** When runs may begin: a faint background with a line along its top. Plans, so they reach past now. */
export function drawWindows(context: Context, scene: Scene, { lane }: LaneIndex, row: Row, top: number): void {
  if (lane.windows.length === 0) return;
  const { tokens } = scene;
  const end = scene.viewport.origin + scene.viewport.from + scene.viewport.span;
  eachBand(
    scene,
    lane.windows,
    (x, width) => {
      if (width < narrowestWindow) return;
      const [left, wide] = [Math.round(x), Math.max(1, Math.round(width))];
      context.fillStyle = tokens.window;
      context.fillRect(left, top, wide, row.lane - 1);
      context.fillStyle = tokens.windowEdge;
      context.fillRect(left, top, wide, 2);
    },
    end,
  );
}

/** Where several planned runs were not made: from the first to the last of them, where that is wide enough to be seen. */
export function drawMissedSpans(context: Context, scene: Scene, { lane }: LaneIndex, row: Row, top: number): void {
  const { marks } = laneMetrics(row);
  context.strokeStyle = scene.tokens.warn;
  context.lineWidth = 1.5;
  eachBand(scene, lane.missed, (x, width) => {
    if (width < narrowest) return;
    const y = Math.round(top + marks) + 0.5;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + width, y);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    for (const end of [Math.round(x) + 0.5, Math.round(x + width) + 0.5]) {
      context.moveTo(end, y - 4);
      context.lineTo(end, y + 4);
    }
    context.stroke();
  });
}

/** Bands of one lane: no write seen, and where any instant can be restored. Never past now. */
export function drawBands(context: Context, scene: Scene, { lane }: LaneIndex, row: Row, top: number): void {
  const { bandTop, bandHeight, logTop, logHeight } = laneMetrics(row);
  const { tokens } = scene;
  eachBand(scene, lane.staticBands, (x, width) => {
    const [left, wide] = [Math.round(x), Math.max(1, Math.round(width))];
    context.fillStyle = tokens.quiet;
    context.fillRect(left, top + bandTop, wide, bandHeight);
    // Bands too narrow to be told apart are a tone, not a row of bars.
    if (wide < narrowest) return;
    context.fillStyle = tokens.line;
    context.fillRect(left, top + bandTop, wide, 1);
    context.fillRect(left, top + bandTop + bandHeight - 1, wide, 1);
    context.fillStyle = tokens.quietEdge;
    context.fillRect(left, top + bandTop, 1.5, bandHeight);
    context.fillRect(left + wide - 1.5, top + bandTop, 1.5, bandHeight);
  });
  eachBand(scene, lane.logBands, (x, width) => {
    context.fillStyle = tokens.log;
    context.strokeStyle = tokens.logEdge;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(Math.round(x) + 0.5, top + logTop + 0.5, Math.max(1, Math.round(width) - 1), logHeight, 2);
    context.fill();
    context.stroke();
  });
  drawLogGaps(context, scene, lane.logBands, top + logTop + logHeight / 2 + 0.5);
}

function eachBand(
  { viewport, width, now }: Scene,
  bands: readonly { readonly from: number; readonly to: number }[],
  draw: (x: number, width: number) => void,
  until = now,
): void {
  const start = viewport.origin + viewport.from;
  const end = Math.min(until, start + viewport.span);
  for (let at = firstBandAfter(bands, start); at < bands.length; at += 1) {
    const band = bands[at];
    if (band === undefined || band.from >= end) return;
    // Far beyond the edges a rounded rectangle loses its corners and a canvas its precision.
    const x = Math.max(-20, toX(viewport, width, band.from));
    const right = Math.min(width + 20, toX(viewport, width, Math.min(band.to, until)));
    if (right > x) draw(x, right - x);
  }
}

/** A gap in the log is a time that cannot be gone back to: it shows. */
function drawLogGaps(
  context: Context,
  scene: Scene,
  bands: readonly { readonly from: number; readonly to: number }[],
  y: number,
): void {
  const { viewport, width, tokens } = scene;
  const start = viewport.origin + viewport.from;
  context.strokeStyle = tokens.warn;
  context.lineWidth = 1.5;
  context.setLineDash([3, 4]);
  for (let at = Math.max(1, firstBandAfter(bands, start)); at < bands.length; at += 1) {
    const before = bands[at - 1];
    const after = bands[at];
    if (before === undefined || after === undefined || before.to > start + viewport.span) break;
    const x = Math.max(-20, toX(viewport, width, before.to) + 2);
    const right = Math.min(width + 20, toX(viewport, width, after.from) - 2);
    if (right <= x) continue;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(right, y);
    context.stroke();
  }
  context.setLineDash([]);
}
