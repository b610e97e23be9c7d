import type { Viewport } from './viewport.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export type TickUnit = 'fraction' | 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year';

export interface TickStep {
  readonly unit: TickUnit;
  /** How many of the unit; for `fraction`, milliseconds. */
  readonly count: number;
  /** Roughly how long it is, in milliseconds. */
  readonly lengthMs: number;
}

const step = (unit: TickUnit, count: number, unitMs: number): TickStep => ({ unit, count, lengthMs: count * unitMs });

/** Finest first. Every step divides the unit above it, so that labels stay when the zoom changes. */
export const tickSteps: readonly TickStep[] = [
  ...[0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => step('fraction', count, 1)),
  ...[1, 2, 5, 10, 15, 30].map((count) => step('second', count, second)),
  ...[1, 2, 5, 10, 15, 30].map((count) => step('minute', count, minute)),
  ...[1, 2, 3, 6, 12].map((count) => step('hour', count, hour)),
  ...[1, 2, 7].map((count) => step('day', count, day)),
  ...[1, 3, 6].map((count) => step('month', count, 30.4 * day)),
  ...[1, 2, 5].map((count) => step('year', count, 365.25 * day)),
];

const coarsest: TickStep = step('year', 5, 365.25 * day);

/** The finest step whose ticks are at least `minPixels` apart. */
export function pickStep(viewport: Viewport, width: number, minPixels: number): TickStep {
  const enough = (minPixels * viewport.span) / width;
  return tickSteps.find(({ lengthMs }) => lengthMs >= enough) ?? coarsest;
}

export interface Tick {
  /** Milliseconds since the epoch. For `fraction` the exact place is `offset`. */
  readonly time: number;
  /** Milliseconds after the view's origin. */
  readonly offset: number;
  /** Begins a unit above the step's own: a new day among hours. Its label names that unit. */
  readonly major: boolean;
}

/**
 * Ticks in view, and one before it, at round local times. Days are calendar days: across a change of clocks they are 23
 * or 25 hours apart.
 */
export function ticksIn(viewport: Viewport, { unit, count }: TickStep): Tick[] {
  switch (unit) {
    case 'fraction':
      return fractionTicks(viewport, count);
    case 'second':
      return evenTicks(viewport, count * second, minute);
    case 'minute':
      return evenTicks(viewport, count * minute, hour);
    default:
      return calendarTicks(viewport, unit, count);
  }
}

/** Milliseconds and less are counted from the view's whole origin, where doubles are exact enough. */
function fractionTicks({ origin, from, span }: Viewport, count: number): Tick[] {
  const ticks: Tick[] = [];
  const intoSecond = ((origin % second) + second) % second;
  const perSecond = Math.round(second / count);
  const first = Math.floor((from + intoSecond) / count);
  for (let index = first; ; index += 1) {
    const offset = index * count - intoSecond;
    if (offset > from + span) return ticks;
    ticks.push({ time: origin + offset, offset, major: index % perSecond === 0 });
  }
}

function evenTicks({ origin, from, span }: Viewport, lengthMs: number, majorMs: number): Tick[] {
  const ticks: Tick[] = [];
  // Zones are off by quarters of an hour; round local times are not always round in UTC.
  const zone = new Date(origin + from).getTimezoneOffset() * minute;
  const first = Math.floor((origin + from - zone) / lengthMs) * lengthMs + zone;
  for (let time = first; time <= origin + from + span; time += lengthMs) {
    ticks.push({ time, offset: time - origin, major: (time - zone) % majorMs === 0 });
  }
  return ticks;
}

function calendarTicks({ origin, from, span }: Viewport, unit: TickUnit, count: number): Tick[] {
  const ticks: Tick[] = [];
  const end = origin + from + span;
  for (let date = floorTo(new Date(origin + from), unit, count); date.getTime() <= end; ) {
    const time = date.getTime();
    ticks.push({ time, offset: time - origin, major: beginsLargerUnit(date, unit) });
    const next = stepOn(date, unit, count);
    // Where the clock goes back, local arithmetic can stand still.
    date = next.getTime() > time ? next : new Date(time + hour);
  }
  return ticks;
}

function floorTo(date: Date, unit: TickUnit, count: number): Date {
  const [y, m, d, h] = [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours()];
  switch (unit) {
    case 'hour':
      return new Date(y, m, d, Math.floor(h / count) * count);
    case 'day':
      return count === 7
        ? new Date(y, m, d - ((date.getDay() + 6) % 7))
        : new Date(y, m, Math.floor((d - 1) / count) * count + 1);
    case 'month':
      return new Date(y, Math.floor(m / count) * count, 1);
    default:
      return new Date(Math.floor(y / count) * count, 0, 1);
  }
}

function stepOn(date: Date, unit: TickUnit, count: number): Date {
  const [y, m, d, h] = [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours()];
  switch (unit) {
    case 'hour':
      return new Date(y, m, d, h + count);
    case 'day': {
      const next = new Date(y, m, d + count);
      // Every second day counts anew each month, so that no two ticks touch at its end.
      return count === 2 && next.getMonth() !== m ? new Date(y, m + 1, 1) : next;
    }
    case 'month':
      return new Date(y, m + count, 1);
    default:
      return new Date(y + count, 0, 1);
  }
}

function beginsLargerUnit(date: Date, unit: TickUnit): boolean {
  switch (unit) {
    case 'hour':
      return date.getHours() === 0;
    case 'day':
      return date.getDate() === 1;
    case 'month':
      return date.getMonth() === 0;
    default:
      return false;
  }
}
