import { rowAt } from '../layout/rows.ts';
import { toX } from '../time/viewport.ts';
import { drawBands, drawMissedSpans, drawWindows } from './draw-bands.ts';
import { drawHolds } from './draw-holds.ts';
import { drawLive } from './draw-live.ts';
import { drawMarks } from './draw-marks.ts';
import { drawPlanned } from './draw-planned.ts';
import { drawWaterfall } from './draw-waterfall.ts';
import type { Scene } from './scene.ts';

type Context = CanvasRenderingContext2D;

/** One frame of the lanes. The context is scaled to CSS pixels; rows outside the scrolled part are not touched. */
export function drawLanes(context: Context, scene: Scene): void {
  const { width, height, tokens, rows, scrollTop } = scene;
  context.fillStyle = tokens.panel;
  context.fillRect(0, 0, width, height);
  drawFuture(context, scene);
  drawGrid(context, scene);
  const first = Math.max(0, rowAt(rows, scrollTop));
  for (let at = first; at < rows.rows.length; at += 1) {
    const row = rows.rows[at];
    if (row === undefined || row.top > scrollTop + height) break;
    drawLane(context, scene, at);
  }
  drawNow(context, scene);
}

function drawLane(context: Context, scene: Scene, at: number): void {
  const { lanes, rows, scrollTop, tokens, width } = scene;
  const index = lanes[at];
  const row = rows.rows[at];
  if (index === undefined || row === undefined) return;
  const top = row.top - scrollTop;
  if (at === scene.selectedLane) {
    context.fillStyle = tokens.accentSoft;
    context.globalAlpha = 0.45;
    context.fillRect(0, top, width, row.height);
    context.globalAlpha = 1;
    context.fillStyle = tokens.accent;
    context.fillRect(0, top, 3, row.height);
  }
  drawWindows(context, scene, index, row, top);
  drawBands(context, scene, index, row, top);
  drawHolds(context, scene, index, row, top);
  if (at === scene.selectedLane) drawSelectionStem(context, scene, at, top);
  drawMissedSpans(context, scene, index, row, top);
  drawPlanned(context, scene, index, row, top);
  drawMarks(context, scene, index, at, row, top);
  for (const run of scene.live) {
    if (run.laneKey === index.lane.key) drawLive(context, scene, run, row, top);
  }
  if (scene.unfolded?.lane === at) drawWaterfall(context, scene, scene.unfolded.run, row, top);
  context.fillStyle = tokens.line;
  context.fillRect(0, top + row.height - 1, width, 1);
}

/** Leads from the label of the selected snapshot to its mark. */
function drawSelectionStem(context: Context, scene: Scene, at: number, top: number): void {
  const { lanes, rows, selectedItem, viewport, width, tokens } = scene;
  const time = lanes[at]?.times[selectedItem];
  const row = rows.rows[at];
  if (time === undefined || row === undefined) return;
  const x = toX(viewport, width, time);
  context.fillStyle = tokens.accent;
  context.fillRect(Math.round(x) - 1, top + 1, 2, row.lane - 3);
}

function drawGrid(context: Context, { ticks, viewport, width, height, tokens }: Scene): void {
  for (const { offset, major } of ticks) {
    const x = Math.round(((offset - viewport.from) * width) / viewport.span);
    context.fillStyle = major ? tokens.line : tokens.grid;
    context.fillRect(x, 0, 1, height);
  }
}

/** What has not happened yet is a shade quieter. */
function drawFuture(context: Context, { viewport, width, height, now, tokens }: Scene): void {
  const x = toX(viewport, width, now);
  if (x >= width) return;
  context.fillStyle = tokens.allowed;
  context.fillRect(Math.max(0, x), 0, width - Math.max(0, x), height);
}

function drawNow(context: Context, { viewport, width, height, now, tokens }: Scene): void {
  const x = toX(viewport, width, now);
  if (x < -2 || x > width + 2) return;
  context.fillStyle = tokens.bad;
  context.fillRect(Math.round(x) - 0.5, 0, 1.5, height);
}
