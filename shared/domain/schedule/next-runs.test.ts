import { describe, expect, it } from 'vitest';
import { nextRuns } from './next-runs.ts';
import { defaultConditionRules, type Schedule, type TimeWindow } from './schedule.ts';
import { ms } from './testing/facts.ts';

const runs = (
  schedule: Schedule,
  now: string,
  count: number,
  windows: TimeWindow[] = [],
  lastSnapshot: string | null = null,
): string[] =>
  nextRuns(
    {
      schedule,
      conditions: { ...defaultConditionRules, windows },
      now: ms(now),
      zone: 'Europe/Berlin',
      lastSnapshotAt: lastSnapshot === null ? null : ms(lastSnapshot),
    },
    count,
  ).map((at) => new Date(at).toISOString().slice(0, 16));

const hourly: Schedule = { kind: 'hourly', everyHours: 1, minute: 0 };
const quiet: Schedule = { kind: 'quiet', quietMinutes: 10, atMostEveryMinutes: 60, atLeastEveryHours: 6 };

describe('the next runs', () => {
  it('are the next slots, not the one that is now', () => {
    expect(runs(hourly, '2026-05-04T09:00+02:00', 2)).toEqual(['2026-05-04T08:00', '2026-05-04T09:00']);
    expect(runs({ kind: 'daily', at: ['09:00'], days: ['mon'] }, '2026-05-04T09:00+02:00', 2)).toEqual([
      '2026-05-11T07:00',
      '2026-05-18T07:00',
    ]);
  });

  it('are none by hand, and none when none are asked for', () => {
    expect(runs({ kind: 'manual' }, '2026-05-04T09:00+02:00', 5)).toEqual([]);
    expect(runs(hourly, '2026-05-04T09:00+02:00', 0)).toEqual([]);
  });

  it('move to where a window opens, once for all that passed', () => {
    const windows: TimeWindow[] = [{ days: ['mon', 'tue'], from: '21:30', to: '23:30' }];
    expect(runs(hourly, '2026-05-04T09:00+02:00', 5, windows)).toEqual([
      '2026-05-04T19:30',
      '2026-05-04T20:00',
      '2026-05-04T21:00',
      '2026-05-05T19:30',
      '2026-05-05T20:00',
    ]);
  });

  it('are the latest ones where they depend on what happens', () => {
    expect(runs(quiet, '2026-05-04T09:00+02:00', 2, [], '2026-05-04T08:00+02:00')).toEqual([
      '2026-05-04T12:00',
      '2026-05-04T18:00',
    ]);
    expect(runs(quiet, '2026-05-04T09:00+02:00', 1)).toEqual(['2026-05-04T13:00']);
    expect(runs(quiet, '2026-05-04T09:00+02:00', 2, [], '2026-05-01T08:00+02:00')).toEqual([
      '2026-05-04T07:00',
      '2026-05-04T13:00',
    ]);
  });

  it('are at the time of day that is the latest, not sooner after one than they may', () => {
    const atNight: Schedule = { ...quiet, latestAt: '03:00' };
    expect(runs(atNight, '2026-05-04T09:00+02:00', 2, [], '2026-05-04T08:00+02:00')).toEqual([
      '2026-05-05T01:00',
      '2026-05-06T01:00',
    ]);
    const rarely: Schedule = { ...atNight, atMostEveryMinutes: 20 * 60 };
    expect(runs(rarely, '2026-05-05T01:00+02:00', 1, [], '2026-05-04T22:00+02:00')).toEqual(['2026-05-06T01:00']);
  });

  it('count from where the window opened', () => {
    const windows: TimeWindow[] = [{ days: ['mon', 'tue'], from: '20:00', to: '04:00' }];
    expect(runs(quiet, '2026-05-04T09:00+02:00', 3, windows, '2026-05-04T08:00+02:00')).toEqual([
      '2026-05-04T18:00',
      '2026-05-05T00:00',
      '2026-05-05T18:00',
    ]);
  });
});
