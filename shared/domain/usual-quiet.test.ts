import { describe, expect, it } from 'vitest';
import type { Stretch } from './static-windows.ts';
import { type InstantOf, usualQuiet } from './usual-quiet.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const monday = Date.UTC(2026, 0, 5);
const utc: InstantOf = (ofMs, days, minutes) => Math.floor(ofMs / dayMs) * dayMs + days * dayMs + minutes * 60_000;

/** Hours of a day, which may go past midnight. */
const on = (day: number, fromHour: number, toHour: number): Stretch => ({
  fromMs: monday + day * dayMs + fromHour * hourMs,
  toMs: monday + day * dayMs + toHour * hourMs,
});
const days = (count: number, of: (day: number) => Stretch[]): Stretch[] =>
  Array.from({ length: count }, (_, day) => of(day)).flat();
const always = (count: number): Stretch[] => [on(0, 0, count * 24)];
const endOf = (count: number): number => monday + count * dayMs;
const tell = (quiet: Stretch[], watched: Stretch[], count: number) => usualQuiet(quiet, watched, endOf(count), utc);

describe('usual quiet', () => {
  it('is the longest time in which a source rested on nearly all days that were watched', () => {
    const nights = days(14, (day) => (day < 12 ? [on(day, 0.9, 5.6), on(day, 12, 13.5)] : [on(day, 1, 2)]));
    expect(tell(nights, always(14), 14)).toEqual({ fromMinute: 60, toMinute: 330, days: 12, ofDays: 14 });
  });

  it('counts a day with one write in it as one on which it did not rest', () => {
    const nights = days(8, (day) => (day === 3 ? [on(day, 1, 3), on(day, 3.05, 6)] : [on(day, 1, 6)]));
    expect(tell(nights, always(8), 8)).toEqual({ fromMinute: 60, toMinute: 360, days: 7, ofDays: 8 });
  });

  it('counts only days on which somebody watched all of it', () => {
    const nights = days(6, (day) => [on(day, 1, 5)]);
    const watched = [...days(6, (day) => [on(day, 0, 10)]), ...days(6, (day) => [on(6 + day, 3, 20)])];
    expect(tell(nights, watched, 12)).toMatchObject({ fromMinute: 60, toMinute: 300, days: 6, ofDays: 6 });
  });

  it('goes past midnight, and may be all of the day', () => {
    const nights = days(7, (day) => [on(day, 22, 29)]);
    expect(tell(nights, always(8), 8)).toMatchObject({ fromMinute: 22 * 60, toMinute: 5 * 60, days: 7 });
    expect(tell(always(9), always(9), 9)).toEqual({ fromMinute: 0, toMinute: 1440, days: 9, ofDays: 9 });
  });

  it('is nothing where too little is known, or nothing is usual', () => {
    expect(tell([], [], 10)).toBeNull();
    expect(
      tell(
        days(4, (day) => [on(day, 1, 5)]),
        always(4),
        4,
      ),
    ).toBeNull();
    expect(
      tell(
        days(10, (day) => [on(day, day, day + 3)]),
        always(10),
        10,
      ),
    ).toBeNull();
    expect(
      tell(
        days(10, (day) => [on(day, 1, 1.9)]),
        always(10),
        10,
      ),
    ).toBeNull();
    const half = days(10, (day) => (day % 2 === 0 ? [on(day, 1, 5)] : []));
    expect(tell(half, always(10), 10)).toBeNull();
  });

  it('forgets what was usual long ago', () => {
    const moved = days(60, (day) => (day < 30 ? [on(day, 1, 7)] : [on(day, 12, 14)]));
    expect(tell(moved, always(60), 60)).toMatchObject({ fromMinute: 720, toMinute: 840 });
  });

  it('asks the clock on the wall, also where it was changed meanwhile', () => {
    const changed = endOf(5);
    const wall: InstantOf = (ofMs, days, minutes) => {
      const at = utc(ofMs, days, minutes);
      return at < changed ? at : at - hourMs;
    };
    const nights = days(10, (day) => [day < 5 ? on(day, 2, 5) : on(day, 1, 4)]);
    const told = usualQuiet(nights, always(10), endOf(10) - hourMs, wall);
    expect(told).toEqual({ fromMinute: 120, toMinute: 300, days: 10, ofDays: 10 });
  });
});
