import { describe, expect, it } from 'vitest';
import { due } from './due.ts';
import type { Decision, ScheduleHistory, SourceActivity } from './facts.ts';
import { type ActivitySchedule, latestSlots } from './latest.ts';
import { scheduleSchema } from './schedule.ts';
import { ms, scheduleFacts } from './testing/facts.ts';

const zone = 'Europe/Berlin';
const atNight: ActivitySchedule = {
  kind: 'quiet',
  ...{ quietMinutes: 10, atMostEveryMinutes: 60, atLeastEveryHours: 6, latestAt: '03:00' },
};
const slots = (schedule: ActivitySchedule, from: string, until: string): string[] =>
  latestSlots(schedule, ms(from), ms(from), ms(until), zone).map((at) => new Date(at).toISOString().slice(0, 16));

describe('when quiet, latest at 03:00', () => {
  const lastSnapshotAt = ms('2026-05-04T08:00+02:00');
  const busyAt = (clock: string): SourceActivity => ({ changes: 5, newestChangeAt: ms(clock), at: ms(clock) });
  const decide = (now: string, activity: SourceActivity | null, history: Partial<ScheduleHistory> = {}): Decision =>
    due(scheduleFacts({ schedule: atNight, now, machine: { activity }, history: { lastSnapshotAt, ...history } }));

  it('waits while somebody writes, until then and not longer', () => {
    const before = '2026-05-05T02:59:00+02:00';
    expect(decide(before, busyAt(before))).toMatchObject({ kind: 'idle', nextAt: ms('2026-05-05T03:00+02:00') });
    const then = '2026-05-05T03:00:00+02:00';
    expect(decide(then, busyAt(then))).toMatchObject({ kind: 'run', slot: ms(then), trigger: 'due', lost: [] });
  });

  it('runs sooner when it is quiet, and then not again at once', () => {
    const activity = { changes: 5, newestChangeAt: ms('2026-05-05T02:20+02:00'), at: ms('2026-05-05T02:31+02:00') };
    const quietAt = ms('2026-05-05T02:30+02:00');
    expect(decide('2026-05-05T02:31+02:00', activity)).toMatchObject({ kind: 'run', slot: quietAt });
    const made = { startedAt: quietAt, endedAt: quietAt + 60_000, outcome: 'done' as const, slot: quietAt };
    const after = { attempts: [made], lastSnapshotAt: quietAt, accountedUntil: quietAt };
    expect(decide('2026-05-05T03:00+02:00', null, after)).toMatchObject({
      kind: 'idle',
      nextAt: ms('2026-05-06T03:00+02:00'),
    });
  });

  it('makes none where nothing has changed', () => {
    const now = '2026-05-05T03:01+02:00';
    expect(decide(now, { changes: 0, newestChangeAt: null, at: ms(now) })).toMatchObject({
      kind: 'idle',
      lost: [{ because: 'no-changes' }],
    });
  });

  it('tells every night that passed without one', () => {
    const night = ms('2026-05-08T03:00+02:00');
    const late = '2026-05-08T09:00+02:00';
    expect(decide(late, busyAt(late))).toMatchObject({
      kind: 'run',
      slot: night,
      trigger: 'catch-up',
      lost: [{ slots: 3, because: 'not-running' }],
    });
  });
});

describe('the latest slots of a schedule', () => {
  it('are a time of the wall clock, also where a zone changes its clock', () => {
    expect(slots(atNight, '2026-10-24T12:00+02:00', '2026-10-26T12:00+01:00')).toEqual([
      '2026-10-25T02:00',
      '2026-10-26T02:00',
    ]);
  });

  it('leave out what is too soon after a snapshot, to the minute', () => {
    expect(slots(atNight, '2026-05-05T02:00:59+02:00', '2026-05-05T12:00+02:00')).toEqual(['2026-05-05T01:00']);
    expect(slots(atNight, '2026-05-05T02:01:00+02:00', '2026-05-05T12:00+02:00')).toEqual([]);
  });

  it('come so long after a snapshot, and again, where no time of day is named', () => {
    const { latestAt: _, ...often } = atNight;
    expect(slots(often, '2026-05-05T02:00:59+02:00', '2026-05-05T14:00+02:00')).toEqual([
      '2026-05-05T06:00',
      '2026-05-05T12:00',
    ]);
  });

  it('are refused where the time is none', () => {
    expect(scheduleSchema.safeParse({ ...atNight, latestAt: '3:00' }).success).toBe(false);
    const { latestAt: _, ...earlier } = atNight;
    expect(scheduleSchema.parse(earlier)).toEqual(earlier);
  });
});
