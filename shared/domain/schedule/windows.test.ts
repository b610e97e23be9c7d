import { describe, expect, it } from 'vitest';
import { type TimeWindow, weekdays } from './schedule.ts';
import { ms } from './testing/facts.ts';
import { Random } from './testing/random.ts';
import { hardZones, isAllowedByLooking, shownBetween } from './testing/wall-clock-oracle.ts';
import { nextAllowed, windowBands } from './windows.ts';

const day = 24 * 3_600_000;
const every = (from: string, to: string): TimeWindow => ({ days: [...weekdays], from, to });
const bands = (windows: TimeWindow[], from: string, to: string, zone = 'Europe/Berlin'): string[] =>
  windowBands(windows, ms(from), ms(to), zone).map((band) =>
    [band.from, band.to].map((at) => new Date(at).toISOString().slice(0, 16)).join(' '),
  );

describe('allowed windows', () => {
  it('allow everything when there are none', () => {
    expect(bands([], '2026-05-04T00:00Z', '2026-05-05T00:00Z')).toEqual(['2026-05-04T00:00 2026-05-05T00:00']);
  });

  it('pass midnight, and belong to the day they begin on', () => {
    const friday: TimeWindow = { days: ['fri'], from: '22:00', to: '02:00' };
    expect(bands([friday], '2026-05-04T00:00Z', '2026-05-11T00:00Z')).toEqual(['2026-05-08T20:00 2026-05-09T00:00']);
    expect(bands([friday], '2026-05-08T22:30Z', '2026-05-11T00:00Z')).toEqual(['2026-05-08T22:30 2026-05-09T00:00']);
  });

  it('last a whole day from a time to the same', () => {
    expect(bands([{ days: ['mon'], from: '12:00', to: '12:00' }], '2026-05-01T00:00Z', '2026-05-09T00:00Z')).toEqual([
      '2026-05-04T10:00 2026-05-05T10:00',
    ]);
  });

  it('are joined where they touch or overlap', () => {
    const windows = [every('09:00', '11:00'), every('10:00', '12:00'), every('12:00', '13:00')];
    expect(bands(windows, '2026-05-04T00:00Z', '2026-05-05T00:00Z')).toEqual(['2026-05-04T07:00 2026-05-04T11:00']);
  });

  it('follow the clock on the wall over its changes', () => {
    expect(bands([every('02:15', '02:45')], '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual([]);
    expect(bands([every('01:00', '02:30')], '2026-10-24T12:00Z', '2026-10-25T12:00Z')).toEqual([
      '2026-10-24T23:00 2026-10-25T00:30',
      '2026-10-25T01:00 2026-10-25T01:30',
    ]);
  });

  it('are what a clock on the wall shows', { timeout: 60_000 }, () => {
    const random = new Random(99);
    for (const zone of hardZones) {
      for (const month of [2, 3, 9, 10]) {
        const from = Date.UTC(2026, month, random.between(1, 28), 0, 30);
        const to = from + 4 * day;
        const windows = [1, 2].map(() => ({
          days: random.some(weekdays),
          from: random.pick(['00:00', '01:30', '02:15', '09:00', '22:00']),
          to: random.pick(['00:00', '01:30', '02:30', '03:00', '10:00', '23:30']),
        }));
        const found = windowBands(windows, from, to, zone);
        const wrong = shownBetween(from, to - 1, zone).filter(
          (moment) =>
            isAllowedByLooking(windows, moment) !== found.some((band) => band.from <= moment.at && moment.at < band.to),
        );
        expect({ zone, windows, wrong }).toEqual({ zone, windows, wrong: [] });
        for (const [index, band] of found.entries()) {
          expect(band.from).toBeLessThan(band.to);
          expect(band.from).toBeGreaterThan(found[index - 1]?.to ?? Number.NEGATIVE_INFINITY);
        }
      }
    }
  });

  it('open next when they open', () => {
    const night = [every('22:00', '04:00')];
    const inside = ms('2026-05-04T23:17:03+02:00');
    expect(nextAllowed(night, inside, 'Europe/Berlin')).toBe(inside);
    expect(nextAllowed(night, ms('2026-05-04T04:00+02:00'), 'Europe/Berlin')).toBe(ms('2026-05-04T22:00+02:00'));
    expect(nextAllowed([], inside, 'Europe/Berlin')).toBe(inside);
  });

  it('open a week later when the only one falls into the hour left out', () => {
    const sunday: TimeWindow[] = [{ days: ['sun'], from: '02:15', to: '02:45' }];
    expect(nextAllowed(sunday, ms('2026-03-28T12:00Z'), 'Europe/Berlin')).toBe(ms('2026-04-05T02:15+02:00'));
  });
});
