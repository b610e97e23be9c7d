import { firstBandAfter } from '../layout/cull.ts';
import type { LaneIndex } from '../layout/lane-index.ts';
import type { Row } from '../layout/rows.ts';
import { toX } from '../time/viewport.ts';
import { laneMetrics } from './lane-metrics.ts';
import type { Scene } from './scene.ts';

type Context = CanvasRenderingContext2D;
const narrowest = 7;

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
): void {
  const start = viewport.origin + viewport.from;
  const end = Math.min(now, start + viewport.span);
  for (let at = firstBandAfter(bands, start); at < bands.length; at += 1) {
    const band = bands[at];
    if (band === undefined || band.from >= end) return;
    // Far beyond the edges a rounded rectangle loses its corners and a canvas its precision.
    const x = Math.max(-20, toX(viewport, width, band.from));
    const right = Math.min(width + 20, toX(viewport, width, Math.min(band.to, now)));
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
