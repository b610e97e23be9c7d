import { describe, expect, it } from 'vitest';
import { due } from './due.ts';
import type { Decision, ScheduleHistory, SourceActivity } from './facts.ts';
import type { Schedule } from './schedule.ts';
import { at, attempt, ms, scheduleFacts } from './testing/facts.ts';

const slot = (clock: string): number => ms(at(clock));
const quiet: Schedule = { kind: 'quiet', quietMinutes: 10, atMostEveryMinutes: 60, atLeastEveryHours: 6 };
const changes: Schedule = { kind: 'changes', changes: 100, atMostEveryMinutes: 60, atLeastEveryHours: 6 };

/** So many changes, the newest then, looked at then. */
const seen = (count: number, newest: string | null, looked: string): SourceActivity => ({
  changes: count,
  newestChangeAt: newest === null ? null : slot(newest),
  at: slot(looked),
});

/** The newest snapshot is of 08:00; the schedule is in force since 08:30. */
function decide(
  schedule: Schedule,
  now: string,
  activity: SourceActivity | null,
  history: Partial<ScheduleHistory> = {},
): Decision {
  return due(scheduleFacts({ schedule, now: at(now), machine: { activity }, history }));
}

describe('a schedule that waits for quiet', () => {
  it('owes a run when nothing was written for so long, as of then', () => {
    expect(decide(quiet, '10:15', seen(3, '10:05:30', '10:15'))).toMatchObject({
      kind: 'idle',
      nextAt: slot('10:15:30'),
    });
    expect(decide(quiet, '10:16', seen(3, '10:05:30', '10:16'))).toMatchObject({
      kind: 'run',
      slot: slot('10:15'),
      trigger: 'due',
      lost: [],
    });
    expect(decide(quiet, '10:40', seen(3, '10:05:30', '10:40'))).toMatchObject({ kind: 'run', slot: slot('10:15') });
  });

  it('does not take an old look for quiet', () => {
    expect(decide(quiet, '10:40', seen(3, '10:05', '10:10'))).toMatchObject({ kind: 'idle' });
  });

  it('owes nothing without changes', () => {
    expect(decide(quiet, '10:40', seen(0, null, '10:40'))).toMatchObject({ kind: 'idle', nextAt: slot('14:00') });
  });

  it('does not run again sooner than it may', () => {
    const history = { attempts: [attempt('10:00', '10:02', 'done')], lastSnapshotAt: slot('10:00') };
    expect(decide(quiet, '10:50', seen(3, '10:30', '10:50'), history)).toMatchObject({
      kind: 'idle',
      nextAt: slot('11:00'),
    });
    expect(decide(quiet, '11:00', seen(3, '10:30', '11:00'), history)).toMatchObject({
      kind: 'run',
      slot: slot('11:00'),
    });
  });

  it('takes a look from before the newest snapshot for none', () => {
    const history = { attempts: [attempt('10:00', '10:02', 'done')], lastSnapshotAt: slot('10:00') };
    expect(decide(quiet, '11:30', seen(3, '09:00', '09:58'), history)).toMatchObject({
      kind: 'idle',
      nextAt: slot('16:00'),
    });
  });

  it('keeps the slot of a run that was held back, and waits for quiet again when somebody writes', () => {
    const history = { heldBack: [{ slot: slot('10:15'), because: 'repository-absent' as const }] };
    expect(decide(quiet, '11:00', seen(9, '10:55', '11:00'), history)).toMatchObject({
      kind: 'idle',
      nextAt: slot('11:05'),
    });
    expect(decide(quiet, '11:05', seen(9, '10:55', '11:05'), history)).toMatchObject({
      kind: 'run',
      slot: slot('10:15'),
    });
  });

  it('runs after the longest time even while somebody writes, or when nobody looked', () => {
    expect(decide(quiet, '14:00', seen(9, '13:59', '14:00'))).toMatchObject({ kind: 'run', slot: slot('14:00') });
    expect(decide(quiet, '14:00', null)).toMatchObject({ kind: 'run', slot: slot('14:00'), trigger: 'due' });
    expect(decide(quiet, '13:59', null)).toMatchObject({ kind: 'idle', nextAt: slot('14:00') });
  });

  it('backs off after a failure', () => {
    const history = { attempts: [attempt('10:15', '10:16', 'failed', '10:15')] };
    expect(decide(quiet, '10:18', seen(9, '10:05', '10:18'), history)).toMatchObject({
      kind: 'held-back',
      slot: slot('10:15'),
      because: 'backing-off',
      retryAt: slot('10:21'),
    });
    expect(decide(quiet, '10:21', seen(9, '10:05', '10:21'), history)).toMatchObject({ kind: 'run', trigger: 'retry' });
  });

  it('leaves who cancelled alone for the shortest time, not for the longest', () => {
    const history = { attempts: [attempt('10:15', '10:16', 'cancelled', '10:15')] };
    expect(decide(quiet, '11:00', seen(9, '10:05', '11:00'), history)).toMatchObject({
      kind: 'idle',
      nextAt: slot('11:15'),
    });
    const decision = decide(quiet, '11:15', seen(9, '10:05', '11:15'), history);
    expect(decision).toMatchObject({ kind: 'run', slot: slot('11:15') });
    expect(decision.lost).toEqual([{ from: slot('10:15'), to: slot('10:15'), slots: 1, because: 'cancelled' }]);
  });
});

describe('a schedule that counts changes', () => {
  it('owes a run from so many on', () => {
    expect(decide(changes, '10:00', seen(99, '09:50', '10:00'))).toMatchObject({ kind: 'idle', nextAt: slot('14:00') });
    expect(decide(changes, '10:00', seen(100, '09:50', '10:00'))).toMatchObject({ kind: 'run', slot: slot('09:50') });
  });

  it('takes a change that lies ahead of the look as one of then', () => {
    expect(decide(changes, '10:00', seen(100, '23:00', '10:00'))).toMatchObject({ kind: 'run', slot: slot('10:00') });
  });
});

describe('when nothing changed', () => {
  it('the run that time asks for is recorded instead of made', () => {
    const decision = decide(changes, '14:03', seen(0, null, '14:02'));
    expect(decision).toEqual({
      kind: 'idle',
      nextAt: slot('20:00'),
      lost: [{ from: slot('14:00'), to: slot('14:00'), slots: 1, because: 'no-changes' }],
      accountedUntil: slot('14:00'),
      aheadOfClock: null,
    });
    const told = { accountedUntil: decision.accountedUntil };
    expect(decide(changes, '14:04', seen(0, null, '14:02'), told)).toMatchObject({ kind: 'idle', lost: [] });
  });

  it('a look from shortly before is taken again first, for a while', () => {
    const before = seen(0, null, '13:57');
    expect(decide(changes, '14:03', before)).toMatchObject({ kind: 'idle', lost: [], nextAt: slot('14:15') });
    expect(decide(changes, '14:15', before)).toMatchObject({ kind: 'run', slot: slot('14:00') });
    expect(decide(changes, '14:03', seen(0, null, '13:00'))).toMatchObject({ kind: 'run', slot: slot('14:00') });
  });

  it('nothing was lost while nobody was there either', () => {
    const now = '2026-05-05T09:00+02:00';
    const activity = { changes: 0, newestChangeAt: null, at: ms(now) };
    const decision = due(scheduleFacts({ schedule: changes, now, machine: { activity } }));
    expect(decision.lost).toEqual([
      { from: slot('14:00'), to: ms('2026-05-05T08:00+02:00'), slots: 4, because: 'no-changes' },
    ]);
  });

  it('the first snapshot is made all the same', () => {
    const history = { lastSnapshotAt: null };
    expect(decide(changes, '14:03', seen(0, null, '14:03'), history)).toMatchObject({ kind: 'run' });
  });
});

describe('time that counts from the last snapshot', () => {
  it('passed while nobody was there: each is lost, the last is made up for', () => {
    expect(due(scheduleFacts({ schedule: quiet, now: '2026-05-05T09:00+02:00' }))).toMatchObject({
      kind: 'run',
      slot: ms('2026-05-05T08:00+02:00'),
      trigger: 'catch-up',
      lost: [{ from: slot('14:00'), to: ms('2026-05-05T02:00+02:00'), slots: 3, because: 'not-running' }],
    });
  });

  it('had run out before the schedule began: the run is owed at once', () => {
    const history = { lastSnapshotAt: ms('2026-05-01T08:00+02:00') };
    expect(decide(quiet, '08:31', null, history)).toMatchObject({ kind: 'run', slot: slot('08:30') });
  });

  it('begins anew with every snapshot', () => {
    const attempts = [attempt('09:30', '09:31', 'done'), attempt('16:00', '16:01', 'done')];
    expect(decide(quiet, '17:00', null, { attempts, lastSnapshotAt: slot('16:00') })).toMatchObject({
      kind: 'idle',
      nextAt: slot('22:00'),
      lost: [],
    });
  });
});
