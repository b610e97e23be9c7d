import { describe, expect, it } from 'vitest';
import type { Stretch } from './static-windows.ts';
import { type HourOfWeek, isUsuallyQuiet, usualQuiet } from './usual-quiet.ts';

const hourMs = 3_600_000;
const weekMs = 168 * hourMs;
/** The epoch was a Thursday. */
const utc: HourOfWeek = (atMs) => {
  const date = new Date(atMs);
  return { weekday: date.getUTCDay(), hour: date.getUTCHours() };
};
const sunday = 3 * 24 * hourMs;
const at = (week: number, fromHour: number, toHour: number): Stretch => ({
  fromMs: sunday + week * weekMs + fromHour * hourMs,
  toMs: sunday + week * weekMs + toHour * hourMs,
});

describe('usual quiet', () => {
  it('is the share of the time watched, hour by hour', () => {
    const watched = [at(0, 2, 4), at(1, 2, 4)];
    const usual = usualQuiet([at(0, 2, 3), at(1, 2.5, 3.25)], watched, utc);
    expect(usual).toHaveLength(168);
    expect(usual[2]).toEqual({ weekday: 0, hour: 2, watchedMs: 2 * hourMs, quietMs: 1.5 * hourMs, share: 0.75 });
    expect(usual[3]).toMatchObject({ hour: 3, share: 0.125 });
    expect(usual[4]).toMatchObject({ watchedMs: 0, share: null });
  });

  it('says nothing of hours that were hardly watched', () => {
    const usual = usualQuiet([at(0, 30, 31)], [at(0, 30, 31)], utc);
    expect(usual[30]).toMatchObject({ weekday: 1, hour: 6, quietMs: hourMs, share: null });
    expect(isUsuallyQuiet(usual, at(5, 30, 31).fromMs, utc)).toBeNull();
  });

  it('counts time once, however often it is told', () => {
    const twice = [at(0, 2, 3), at(0, 2, 3), at(1, 2, 3)];
    expect(usualQuiet(twice, twice, utc)[2]).toMatchObject({ watchedMs: 2 * hourMs, share: 1 });
  });

  it('answers for a time to come', () => {
    const watched = [at(0, 2, 4), at(1, 2, 4), at(2, 2, 4)];
    const usual = usualQuiet([at(0, 2, 3), at(1, 2, 3), at(2, 2, 3)], watched, utc);
    expect(isUsuallyQuiet(usual, at(9, 2.5, 3).fromMs, utc)).toBe(true);
    expect(isUsuallyQuiet(usual, at(9, 3.5, 4).fromMs, utc)).toBe(false);
  });
});
