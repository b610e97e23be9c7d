import { dateFormat } from '../../../ui/format/date-time.ts';
import type { Tokens } from '../../../ui/theme/tokens.ts';
import type { Histogram } from '../layout/histogram.ts';
import { tickLabel } from '../time/tick-labels.ts';
import { pickStep, ticksIn } from '../time/ticks.ts';
import { viewportOf } from '../time/viewport.ts';
import { fonts } from './fonts.ts';

export const minimapHeight = 46;
export const minimapBin = 4;
const labels = 16;

/** Bars for how many snapshots there are, over the names of the years (or of what fits). */
export function drawMinimap(
  context: CanvasRenderingContext2D,
  histogram: Histogram,
  width: number,
  tokens: Tokens,
): void {
  context.fillStyle = tokens.panel;
  context.fillRect(0, 0, width, minimapHeight);
  const room = minimapHeight - labels - 6;
  for (let bin = 0; bin < histogram.counts.length; bin += 1) {
    const count = histogram.counts[bin] ?? 0;
    if (count === 0) continue;
    const height = barHeight(count, histogram.highest, room);
    context.fillStyle = tokens.field;
    context.fillRect(bin * minimapBin, minimapHeight - 3 - height, minimapBin - 1.5, height);
    const bad = histogram.worrying[bin] ?? 0;
    if (bad === 0) continue;
    context.fillStyle = tokens.bad;
    const share = Math.max(2, (height * bad) / count);
    context.fillRect(bin * minimapBin, minimapHeight - 3 - share, minimapBin - 1.5, share);
  }
  drawNames(context, histogram, width, tokens);
}

function barHeight(count: number, highest: number, room: number): number {
  return Math.max(2, Math.round(room * Math.sqrt(count / highest)));
}

function drawNames(context: CanvasRenderingContext2D, { from, to }: Histogram, width: number, tokens: Tokens): void {
  const view = viewportOf(from, to);
  const step = pickStep(view, width, 84);
  const months = dateFormat({ month: 'short', year: 'numeric' });
  context.font = fonts.label;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const tick of ticksIn(view, step)) {
    const x = ((tick.offset - view.from) * width) / view.span;
    if (x < 0 || x > width - 40) continue;
    context.fillStyle = tokens.grid;
    context.fillRect(Math.round(x), 0, 1, minimapHeight);
    context.fillStyle = tokens.ink2;
    const name = step.unit === 'month' ? months.format(tick.time) : tickLabel(tick, step, view.origin);
    context.fillText(name, x + 5, labels / 2 + 3);
  }
}
