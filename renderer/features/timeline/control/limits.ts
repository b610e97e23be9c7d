import type { LaneIndex } from '../layout/lane-index.ts';
import { type Limits, type Viewport, viewportOf } from '../time/viewport.ts';

const day = 86_400_000;
const year = 365.25 * day;

export interface Extent {
  readonly first: number;
  readonly last: number;
}

/** From the earliest to the latest thing on any lane; null when there is nothing. Plans of the future do not count. */
export function extentOf(lanes: readonly LaneIndex[]): Extent | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { times, lane } of lanes) {
    const bands = [lane.staticBands, lane.logBands];
    first = Math.min(first, times[0] ?? first, ...bands.map(([band]) => band?.from ?? first));
    last = Math.max(last, times[times.length - 1] ?? last, ...bands.map((all) => all.at(-1)?.to ?? last));
  }
  return first <= last ? { first, last } : null;
}

/** Ten years back at least, and as far ahead as plans reach. */
export function limitsFor(extent: Extent | null, now: number): Limits {
  const first = extent?.first ?? now;
  const reach = Math.max(now - first, 7 * day);
  return {
    earliest: Math.min(first - reach * 0.05, now - 10.5 * year),
    latest: now + Math.max(14 * day, reach * 0.08),
  };
}

export const presets = ['day', 'week', 'month', 'year', 'all'] as const;
export type Preset = (typeof presets)[number];

const lengths: Readonly<Record<Exclude<Preset, 'all'>, number>> = {
  day,
  week: 7 * day,
  month: 30.4 * day,
  year,
};
/** A number that stands for a preset; that of `all` only names it. */
export function presetLength(preset: Preset): number {
  return preset === 'all' ? 1 : lengths[preset];
}

/** How much of a preset lies before now; the rest shows what is planned. */
const pastShare = 0.93;

export function presetView(preset: Preset, extent: Extent | null, now: number): Viewport {
  if (preset !== 'all') {
    const span = lengths[preset];
    return viewportOf(now - span * pastShare, now + span * (1 - pastShare));
  }
  const first = extent?.first ?? now - 7 * day;
  const reach = Math.max(now - first, day);
  return viewportOf(first - reach * 0.03, now + reach * 0.04);
}

/** The preset a view shows, whatever its position; null between presets. */
export function presetOf({ span }: Viewport): Preset | null {
  const found = Object.entries(lengths).find(([, length]) => Math.abs(length / span - 1) < 0.02);
  return found === undefined ? null : (found[0] as Preset);
}
