import type { Tokens } from '../../../ui/theme/tokens.ts';
import { tickLabel } from '../time/tick-labels.ts';
import type { Tick, TickStep } from '../time/ticks.ts';
import type { Viewport } from '../time/viewport.ts';
import { fonts } from './fonts.ts';

export const axisHeight = 34;

/** The names of the ticks, above the lanes. A label that would touch the one before it is left out, a major one never. */
export function drawAxis(
  context: CanvasRenderingContext2D,
  {
    viewport,
    width,
    ticks,
    step,
    tokens,
  }: {
    readonly viewport: Viewport;
    readonly width: number;
    readonly ticks: readonly Tick[];
    readonly step: TickStep;
    readonly tokens: Tokens;
  },
): void {
  context.fillStyle = tokens.panel;
  context.fillRect(0, 0, width, axisHeight);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const majors = ticks.filter(({ major }) => major);
  for (const tick of ticks) {
    const x = Math.round(((tick.offset - viewport.from) * width) / viewport.span);
    context.fillStyle = tick.major ? tokens.line : tokens.grid;
    context.fillRect(x, axisHeight - 6, 1, 6);
    context.font = tick.major ? fonts.strong : fonts.label;
    context.fillStyle = tick.major ? tokens.ink : tokens.ink2;
    const text = tickLabel(tick, step, viewport.origin);
    const wide = context.measureText(text).width;
    const hidden = !tick.major && majors.some((major) => touches(major, tick, viewport, width, wide));
    if (!hidden && x + wide > 0) context.fillText(text, x + 6, axisHeight / 2);
  }
  context.fillStyle = tokens.line;
  context.fillRect(0, axisHeight - 1, width, 1);
}

/** Whether a major label begins inside the words of this one. */
function touches(major: Tick, tick: Tick, { span }: Viewport, width: number, wide: number): boolean {
  const distance = ((major.offset - tick.offset) * width) / span;
  return distance > 0 && distance < wide + 10;
}
