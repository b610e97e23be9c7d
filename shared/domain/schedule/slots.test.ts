import { describe, expect, it } from 'vitest';
import { type Schedule, weekdays } from './schedule.ts';
import { nextSlot, previousSlot, slotsBetween } from './slots.ts';
import { ms } from './testing/facts.ts';
import { Random } from './testing/random.ts';
import { hardZones, shownBetween, slotsByLooking } from './testing/wall-clock-oracle.ts';

const day = 24 * 3_600_000;
const hourly = (everyHours: 1 | 2 | 3 | 4 | 6 | 8 | 12, minute = 0): Schedule => ({
  kind: 'hourly',
  everyHours,
  minute,
});
const daily = (...at: string[]): Schedule => ({ kind: 'daily', at, days: [...weekdays] });
const slots = (schedule: Schedule, from: string, to: string, zone: string): string[] =>
  slotsBetween(schedule, ms(from), ms(to), zone).map((at) => new Date(at).toISOString().slice(0, 16));

describe('hourly slots', () => {
  it('lie on the wall clock, aligned to midnight', () => {
    expect(slots(hourly(6, 15), '2026-05-04T00:00+02:00', '2026-05-05T00:00+02:00', 'Europe/Berlin')).toEqual([
      '2026-05-03T22:15',
      '2026-05-04T04:15',
      '2026-05-04T10:15',
      '2026-05-04T16:15',
    ]);
  });

  it('leave out the hour that is left out', () => {
    expect(slots(hourly(1, 30), '2026-03-29T00:00Z', '2026-03-29T03:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:30',
      '2026-03-29T02:30',
    ]);
    expect(slots(hourly(2), '2026-03-28T23:30Z', '2026-03-29T04:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-29T02:00',
      '2026-03-29T04:00',
    ]);
  });

  it('give both hours of one that comes twice', () => {
    expect(slots(hourly(1), '2026-10-24T23:30Z', '2026-10-25T02:30Z', 'Europe/Berlin')).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
    ]);
  });

  it('follow a zone that moves by half an hour', () => {
    expect(slots(hourly(1, 45), '2026-04-04T14:00Z', '2026-04-04T17:00Z', 'Australia/Lord_Howe')).toEqual([
      '2026-04-04T14:45',
      '2026-04-04T15:15',
      '2026-04-04T16:15',
    ]);
  });

  it('lie at half hours of UTC where the zone does', () => {
    expect(slots(hourly(12), '2026-05-04T00:00Z', '2026-05-05T00:00Z', 'Asia/Kolkata')).toEqual([
      '2026-05-04T06:30',
      '2026-05-04T18:30',
    ]);
  });
});

describe('daily slots', () => {
  it('take a time that comes twice once, the first', () => {
    expect(slots(daily('02:30'), '2026-10-24T12:00Z', '2026-10-25T12:00Z', 'Europe/Berlin')).toEqual([
      '2026-10-25T00:30',
    ]);
    expect(slots(daily('01:45'), '2026-04-04T00:00Z', '2026-04-05T00:00Z', 'Australia/Lord_Howe')).toEqual([
      '2026-04-04T14:45',
    ]);
  });

  it('move a time that does not exist to the end of the gap, and take it once', () => {
    expect(slots(daily('02:30'), '2026-03-28T12:00Z', '2026-03-29T12:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-29T01:00',
    ]);
    expect(slots(daily('02:10', '02:30', '03:00'), '2026-03-28T12:00Z', '2026-03-29T12:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-29T01:00',
    ]);
    expect(slots(daily('02:15'), '2026-10-03T00:00Z', '2026-10-04T00:00Z', 'Australia/Lord_Howe')).toEqual([
      '2026-10-03T15:30',
    ]);
  });

  it('survive a day that a zone left out', () => {
    expect(slots(daily('09:00'), '2011-12-29T12:00Z', '2011-12-31T12:00Z', 'Pacific/Apia')).toEqual([
      '2011-12-29T19:00',
      '2011-12-30T10:00',
      '2011-12-30T19:00',
    ]);
  });

  it('come on their days only', () => {
    const schedule: Schedule = { kind: 'daily', at: ['18:00', '09:00'], days: ['mon', 'fri'] };
    expect(slots(schedule, '2026-05-04T00:00+02:00', '2026-05-11T00:00+02:00', 'Europe/Berlin')).toEqual([
      '2026-05-04T07:00',
      '2026-05-04T16:00',
      '2026-05-08T07:00',
      '2026-05-08T16:00',
    ]);
  });
});

describe('slots', () => {
  it('belong to the interval that ends with them', () => {
    const noon = ms('2026-05-04T12:00Z');
    expect(slotsBetween(hourly(1), noon - 1, noon, 'UTC')).toEqual([noon]);
    expect(slotsBetween(hourly(1), noon, noon + 1, 'UTC')).toEqual([]);
    expect(slotsBetween(daily('12:00'), noon - 1, noon, 'UTC')).toEqual([noon]);
    expect(slotsBetween(daily('12:00'), noon, noon + 1, 'UTC')).toEqual([]);
    expect(slotsBetween(hourly(1), noon, noon - 5, 'UTC')).toEqual([]);
  });

  it('are none without a clock', () => {
    expect(slotsBetween({ kind: 'manual' }, 0, day, 'UTC')).toEqual([]);
    expect(
      nextSlot({ kind: 'changes', changes: 1, atMostEveryMinutes: 15, atLeastEveryHours: 1 }, 0, 'UTC'),
    ).toBeNull();
  });

  it('have a next and a previous one', () => {
    const schedule: Schedule = { kind: 'daily', at: ['09:00'], days: ['mon'] };
    const monday = ms('2026-05-04T09:00Z');
    expect(nextSlot(schedule, monday, 'UTC')).toBe(monday + 7 * day);
    expect(previousSlot(schedule, monday, 'UTC')).toBe(monday - 7 * day);
  });

  it('do not depend on how an interval is cut', () => {
    const random = new Random(7);
    for (const zone of hardZones) {
      const from = Date.UTC(2026, random.between(0, 11), random.between(1, 28));
      const cut = from + random.between(1, 60 * 24 * 60) * 60_000;
      const to = cut + 90 * day;
      for (const schedule of [hourly(1, 30), daily('01:30', '02:30', '23:59')]) {
        expect([...slotsBetween(schedule, from, cut, zone), ...slotsBetween(schedule, cut, to, zone)]).toEqual(
          slotsBetween(schedule, from, to, zone),
        );
      }
    }
  });

  it('are the ones a clock on the wall shows, around every change of 2026', { timeout: 60_000 }, () => {
    const random = new Random(20_260);
    for (const zone of hardZones) {
      for (const change of changesOf2026(zone)) {
        const [from, to] = [change - day, change + day];
        const shown = shownBetween(from - 2 * day, to + day, zone);
        for (let round = 0; round < 12; round++) {
          const schedule: Schedule = random.chance(0.5)
            ? hourly(random.pick([1, 2, 3, 4, 6, 8, 12] as const), random.between(0, 59))
            : { kind: 'daily', at: random.some(nearTimes), days: random.some(weekdays) };
          expect({ zone, schedule, slots: slotsBetween(schedule, from, to, zone) }).toEqual({
            zone,
            schedule,
            slots: slotsByLooking(schedule, from, to, shown),
          });
        }
      }
    }
  });
});

const nearTimes = [
  '00:00',
  '00:01',
  '00:30',
  '01:00',
  '01:30',
  '01:45',
  '02:00',
  '02:15',
  '02:30',
  '03:00',
  '03:30',
  '23:45',
];

/** Found by asking Intl for every hour of the year; one ordinary day where there is none. */
function changesOf2026(zone: string): number[] {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
  const offset = (at: number): string =>
    format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const changes: number[] = [];
  for (let at = Date.UTC(2026, 0); at < Date.UTC(2027, 0); at += day) {
    if (offset(at) === offset(at + day)) continue;
    let change = at;
    while (offset(change) === offset(at)) change += 60_000;
    changes.push(change);
  }
  return changes.length > 0 ? changes : [Date.UTC(2026, 5, 1)];
}
