import { describe, expect, it } from 'vitest';
import { allowedAgeMs, lateAt } from './late.ts';
import { type ConditionRules, defaultConditionRules, type Schedule, type TimeWindow, weekdays } from './schedule.ts';

const hour = 3_600_000;
const age = (schedule: Schedule, conditions: Partial<ConditionRules> = {}, lateAfterHours: number | null = null) => {
  const ms = allowedAgeMs({ schedule, conditions: { ...defaultConditionRules, ...conditions }, lateAfterHours });
  return ms === null ? null : ms / hour;
};
const hourly = (everyHours: 1 | 4 | 12): Schedule => ({ kind: 'hourly', everyHours, minute: 0 });
const quiet: Schedule = { kind: 'quiet', quietMinutes: 10, atMostEveryMinutes: 60, atLeastEveryHours: 24 };
const nights: TimeWindow[] = [{ days: [...weekdays], from: '01:00', to: '05:00' }];

describe('a snapshot may become so old', () => {
  it('as a person said, whatever the schedule', () => {
    expect(age(hourly(1), {}, 48)).toBe(48);
    expect(age({ kind: 'manual' }, {}, 48)).toBe(48);
  });

  it('as it likes by hand', () => {
    expect(age({ kind: 'manual' })).toBeNull();
  });

  it('26 hours where a battery makes it daily', () => {
    expect(age(hourly(1))).toBe(26);
    expect(age(hourly(4))).toBe(26);
  });

  it('three intervals of an hourly schedule elsewhere', () => {
    expect(age(hourly(1), { onBattery: 'as-usual' })).toBe(3);
    expect(age(hourly(4), { onBattery: 'as-usual' })).toBe(12);
    expect(age(hourly(4), { onBattery: 'wait' })).toBe(12);
    expect(age(hourly(12))).toBe(36);
  });

  it('the longest gap of a daily schedule and half a day', () => {
    expect(age({ kind: 'daily', at: ['09:00', '18:00'], days: [...weekdays] })).toBe(15 + 12);
    expect(age({ kind: 'daily', at: ['09:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri'] })).toBe(72 + 12);
    expect(age({ kind: 'daily', at: ['09:00'], days: ['sun'] })).toBe(7 * 24 + 12);
  });

  it('the longest time of the others and half a day', () => {
    expect(age(quiet)).toBe(36);
    expect(age({ ...quiet, latestAt: '03:00', atLeastEveryHours: 1 })).toBe(1 + 24 + 12);
  });

  it('longer where windows keep it waiting', () => {
    // From 04:00, the last full hour in the window, to 01:00.
    expect(age(hourly(1), { onBattery: 'as-usual', windows: nights })).toBe(21 + 2);
    expect(age(hourly(1), { windows: [{ days: ['sun'], from: '01:00', to: '01:30' }] })).toBe(7 * 24 + 2);
    expect(age({ kind: 'daily', at: ['09:00'], days: ['mon'] }, { windows: nights })).toBe(7 * 24 + 12);
    expect(age(quiet, { windows: nights })).toBe(24 + 20 + 12);
  });
});

describe('late', () => {
  const facts = {
    schedule: hourly(1),
    conditions: defaultConditionRules,
    lateAfterHours: null,
    since: 1000,
    now: 5000,
  };

  it('counts from the last good snapshot, else from when the source was registered', () => {
    expect(lateAt({ ...facts, lastGoodAt: 3000 })).toBe(3000 + 26 * hour);
    expect(lateAt({ ...facts, lastGoodAt: null })).toBe(1000 + 26 * hour);
    expect(lateAt({ ...facts, lastGoodAt: null, schedule: { kind: 'manual' } })).toBeNull();
  });

  it('counts from when nothing was seen to have changed since a snapshot', () => {
    expect(lateAt({ ...facts, lastGoodAt: 3000, unchangedAt: 4000 })).toBe(4000 + 26 * hour);
    expect(lateAt({ ...facts, lastGoodAt: 3000, unchangedAt: 2000 })).toBe(3000 + 26 * hour);
    expect(lateAt({ ...facts, lastGoodAt: null, unchangedAt: 4000 })).toBe(1000 + 26 * hour);
  });

  it('does not believe what lies ahead of the clock, which would hide every failure until then', () => {
    const [now, ahead] = [100 * hour, 10_000 * hour];
    const known = { ...facts, since: 5 * hour, now };
    expect(lateAt({ ...known, lastGoodAt: ahead })).toBe(31 * hour);
    expect(lateAt({ ...known, lastGoodAt: 50 * hour, unchangedAt: ahead })).toBe(76 * hour);
    expect(lateAt({ ...known, lastGoodAt: ahead, unchangedAt: 50 * hour })).toBe(31 * hour);
    expect(lateAt({ ...known, lastGoodAt: ahead, since: ahead })).toBeNull();
    // Another machine's clock may be a little ahead of ours.
    expect(lateAt({ ...known, lastGoodAt: now + 60_000 })).toBe(now + 60_000 + 26 * hour);
  });

  it('is not known where nothing is known to count from', () => {
    expect(lateAt({ ...facts, lastGoodAt: null, since: null })).toBeNull();
    expect(lateAt({ ...facts, lastGoodAt: 3000, since: null })).toBe(3000 + 26 * hour);
  });
});
