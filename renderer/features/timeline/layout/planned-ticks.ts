import { toX, type Viewport } from '../time/viewport.ts';

/** Ticks that are closer look like a barcode and say no more than a band does. */
const leastGap = 8;

/** Planned runs that stand apart are a tick each; those that stand close are a tick where they begin, and a band. */
export interface PlannedTicks {
  readonly ticks: readonly { readonly x: number; readonly time: number }[];
  /** Cut off at the edges of the canvas. */
  readonly bands: readonly { readonly from: number; readonly to: number }[];
}

/** What is drawn of planned runs, in pixels. `planned` is in order of time; what lies before now is not drawn. */
export function plannedTicks(planned: readonly number[], now: number, viewport: Viewport, width: number): PlannedTicks {
  const ticks: { x: number; time: number }[] = [];
  const bands: { from: number; to: number }[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const close = (): void => {
    if (last > from && last > 0) bands.push({ from: Math.max(0, from), to: Math.min(width, last) });
  };
  for (const time of planned) {
    if (time < now) continue;
    const x = toX(viewport, width, time);
    if (x - last < leastGap) {
      last = x;
      if (x > width) break;
      continue;
    }
    close();
    from = x;
    last = x;
    if (x > width) break;
    if (x >= -1) ticks.push({ x, time });
  }
  if (from <= width) close();
  return { ticks, bands };
}
