import { formatDuration } from '../../../ui/format/duration.ts';
import { phaseRowHeight, type Row } from '../layout/rows.ts';
import { toX } from '../time/viewport.ts';
import { fonts } from './fonts.ts';
import type { PhaseSpan, RunSpan, Scene } from './scene.ts';

type Context = CanvasRenderingContext2D;
const held = new Set(['freeze', 'delta', 'thaw']);
/** Room for the names and lengths of the phases at the left. */
export const waterfallGutter = 186;

/** The phases of one run, one line each, to the scale of the view. Writers are held in those of the still point's colour. */
export function drawWaterfall(context: Context, scene: Scene, run: RunSpan, row: Row, top: number): void {
  const from = top + row.lane;
  for (const [at, phase] of run.phases.entries()) {
    drawPhase(context, scene, phase, from + at * phaseRowHeight + phaseRowHeight / 2);
  }
  drawNames(context, scene, run, from);
}

function drawPhase(context: Context, scene: Scene, phase: PhaseSpan, y: number): void {
  const { viewport, width, tokens, now } = scene;
  const left = toX(viewport, width, phase.from);
  const right = toX(viewport, width, phase.to ?? now);
  if (right < 0 || left > width) return;
  const x = Math.max(-4, left);
  const wide = Math.max(2, Math.min(width + 4, right) - x);
  context.fillStyle = held.has(phase.name) ? tokens.accent : tokens.phase;
  context.beginPath();
  context.roundRect(x, y - 5, wide, 10, Math.min(3, wide / 2));
  context.fill();
}

function drawNames(context: Context, { tokens }: Scene, run: RunSpan, top: number): void {
  context.fillStyle = tokens.panel;
  context.fillRect(0, top, waterfallGutter, run.phases.length * phaseRowHeight);
  context.fillStyle = tokens.line;
  context.fillRect(waterfallGutter, top, 1, run.phases.length * phaseRowHeight);
  context.textBaseline = 'middle';
  for (const [at, phase] of run.phases.entries()) {
    const y = top + at * phaseRowHeight + phaseRowHeight / 2;
    context.font = held.has(phase.name) ? fonts.strong : fonts.label;
    context.fillStyle = held.has(phase.name) ? tokens.ink : tokens.ink2;
    context.textAlign = 'left';
    context.fillText(phase.label, 12, y, 100);
    if (phase.to === null) continue;
    context.textAlign = 'right';
    context.fillText(formatDuration(phase.to - phase.from), waterfallGutter - 8, y);
  }
}
