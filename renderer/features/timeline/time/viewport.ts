/**
 * The stretch of time on the screen. Ten years and a millisecond meet in it, so times are kept relative to a whole
 * `origin` near the view: `from` stays small, and adding to it loses nothing. (A double of milliseconds since 1970 has
 * steps of 0.24 µs; two hundred pans of a 1 ms view would smear them.)
 */
export interface Viewport {
  /** Whole milliseconds since the epoch. */
  readonly origin: number;
  /** Left edge, milliseconds after `origin`. */
  readonly from: number;
  /** Milliseconds from the left to the right edge. */
  readonly span: number;
}

export interface Limits {
  /** Milliseconds since the epoch: nothing earlier or later can be brought into view. */
  readonly earliest: number;
  readonly latest: number;
}

export const minSpan = 1;
const year = 365.25 * 86_400_000;
export const maxSpan = 11 * year;

export function viewportOf(fromMs: number, toMs: number): Viewport {
  const origin = Math.floor(fromMs);
  return { origin, from: fromMs - origin, span: Math.max(minSpan, toMs - fromMs) };
}

export function startOf({ origin, from }: Viewport): number {
  return origin + from;
}

export function endOf({ origin, from, span }: Viewport): number {
  return origin + (from + span);
}

/** Pixels from the left edge of a view `width` pixels wide. */
export function toX(viewport: Viewport, width: number, timeMs: number): number {
  return ((timeMs - viewport.origin - viewport.from) * width) / viewport.span;
}

/** The time under a pixel, relative to the view's origin: exact where `toTime` is rounded to the double's grid. */
export function toOffset(viewport: Viewport, width: number, x: number): number {
  return viewport.from + (x * viewport.span) / width;
}

export function toTime(viewport: Viewport, width: number, x: number): number {
  return viewport.origin + toOffset(viewport, width, x);
}

/** `factor` above 1 shows less time. What is under `x` stays there, unless a limit is met. */
export function zoomAt(viewport: Viewport, width: number, x: number, factor: number, limits: Limits): Viewport {
  const share = x / width;
  const span = clampSpan(viewport.span / factor, limits);
  const from = viewport.from + (viewport.span - span) * share;
  return confine({ origin: viewport.origin, from, span }, limits);
}

/** Moves the view by pixels: positive toward later. */
export function panBy(viewport: Viewport, width: number, pixels: number, limits: Limits): Viewport {
  return confine({ ...viewport, from: viewport.from + (pixels * viewport.span) / width }, limits);
}

/** The same span with a time in its middle. */
export function centerOn(viewport: Viewport, timeMs: number, limits: Limits): Viewport {
  return confine({ ...viewport, from: timeMs - viewport.origin - viewport.span / 2 }, limits);
}

export function clampSpan(span: number, limits: Limits): number {
  return Math.min(Math.max(span, minSpan), Math.min(maxSpan, limits.latest - limits.earliest));
}

/** Keeps the view inside the limits and its numbers small. */
export function confine(viewport: Viewport, limits: Limits): Viewport {
  const span = clampSpan(viewport.span, limits);
  const low = limits.earliest - viewport.origin;
  const high = limits.latest - viewport.origin - span;
  return rebase({ origin: viewport.origin, from: Math.min(Math.max(viewport.from, low), Math.max(low, high)), span });
}

/** Moves the origin to the whole millisecond at the left edge. Exact: a whole number moves from one term to the other. */
function rebase(viewport: Viewport): Viewport {
  const whole = Math.floor(viewport.from);
  return { origin: viewport.origin + whole, from: viewport.from - whole, span: viewport.span };
}

/** A view between two others, for a short animation: spans change by ratio, so the eye sees an even zoom. */
export function between(a: Viewport, b: Viewport, progress: number): Viewport {
  if (progress >= 1) return b;
  const span = a.span * (b.span / a.span) ** progress;
  const shift = b.origin - a.origin;
  const share =
    Math.abs(b.span - a.span) < 1e-9 * a.span
      ? progress
      : Math.min(1, Math.max(0, (span - a.span) / (b.span - a.span)));
  return rebase({ origin: a.origin, from: a.from + (b.from + shift - a.from) * share, span });
}
