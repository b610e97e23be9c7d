import { describe, expect, it } from 'vitest';
import { due } from './due.ts';
import type { Decision, NotRun } from './facts.ts';
import type { Schedule } from './schedule.ts';
import { at, attempt, everyHour, type FactsDraft, ms, scheduleFacts } from './testing/facts.ts';

const slot = (clock: string): number => ms(at(clock));
const decide = (draft: FactsDraft): Decision => due(scheduleFacts(draft));
const short = (decision: Decision): string => {
  const time = (instant: number): string => new Date(instant + 2 * 3_600_000).toISOString().slice(11, 16);
  if (decision.kind === 'idle') return `idle, next ${decision.nextAt === null ? 'never' : time(decision.nextAt)}`;
  if (decision.kind === 'run') return `${decision.trigger} ${time(decision.slot)}`;
  return `${decision.because} ${time(decision.slot)}, again ${decision.retryAt === null ? 'on change' : time(decision.retryAt)}`;
};
const lost = (from: string, to: string, slots: number, because: NotRun['because']): NotRun => ({
  from: slot(from),
  to: slot(to),
  slots,
  because,
});

describe('what is due', () => {
  it('is nothing before the first slot, and nothing ever by hand', () => {
    expect(short(decide({ now: at('08:59') }))).toBe('idle, next 09:00');
    expect(short(decide({ schedule: { kind: 'manual' }, now: at('20:00') }))).toBe('idle, next never');
  });

  it('is the newest slot that passed, from the instant it names', () => {
    expect(short(decide({ now: at('09:00') }))).toBe('due 09:00');
    expect(short(decide({ now: at('09:59') }))).toBe('due 09:00');
  });

  it('is nothing once a snapshot was asked for at or after the slot, whoever did', () => {
    expect(short(decide({ now: at('09:10'), history: { lastSnapshotAt: slot('09:00') } }))).toBe('idle, next 10:00');
    for (const outcome of ['done', 'warnings'] as const) {
      const history = { attempts: [attempt('09:00', '09:01', outcome)] };
      expect(decide({ now: at('09:10'), history })).toEqual({
        kind: 'idle',
        nextAt: slot('10:00'),
        lost: [],
        accountedUntil: slot('09:00'),
        aheadOfClock: null,
      });
    }
  });

  it('is served by a run that was made for it, however late it began', () => {
    const history = { attempts: [attempt('10:00', '10:02', 'done', '09:00')] };
    expect(decide({ now: at('10:10'), history })).toMatchObject({ kind: 'idle', lost: [] });
  });

  it('is the first snapshot at once, whatever the schedule says', () => {
    const weekly: Schedule = { kind: 'daily', at: ['09:00'], days: ['sun'] };
    const changes: Schedule = { kind: 'changes', changes: 5, atMostEveryMinutes: 15, atLeastEveryHours: 24 };
    for (const schedule of [everyHour, weekly, changes]) {
      expect(short(decide({ schedule, now: at('08:31'), history: { lastSnapshotAt: null } }))).toBe('due 08:30');
    }
    const onBattery = { onMains: false };
    expect(short(decide({ now: at('08:31'), history: { lastSnapshotAt: null }, machine: onBattery }))).toBe(
      'due 08:30',
    );
  });

  it('counts the first snapshot as lost when the next slot comes', () => {
    expect(decide({ now: at('10:05'), history: { lastSnapshotAt: null } })).toMatchObject({
      kind: 'run',
      slot: slot('10:00'),
      trigger: 'catch-up',
      lost: [lost('08:30', '09:00', 2, 'not-running')],
    });
  });

  it('is nothing while a run is under way, and what passes then is told when it has ended', () => {
    const underWay = { attempts: [attempt('09:00', null, null, '09:00')] };
    expect(decide({ now: at('12:30'), history: underWay })).toMatchObject({
      kind: 'idle',
      nextAt: slot('13:00'),
      lost: [],
      accountedUntil: null,
    });
    const ended = { attempts: [attempt('09:00', '12:29', 'done', '09:00')] };
    expect(decide({ now: at('12:30'), history: ended })).toMatchObject({
      kind: 'run',
      slot: slot('12:00'),
      lost: [lost('10:00', '11:00', 2, 'superseded')],
      accountedUntil: slot('11:00'),
    });
  });

  it('tells what was lost before a run that is under way', () => {
    const history = { attempts: [attempt('11:20', null, null, '11:00')] };
    expect(decide({ now: at('12:30'), history })).toMatchObject({
      kind: 'idle',
      lost: [lost('09:00', '10:00', 2, 'not-running')],
      accountedUntil: slot('10:00'),
    });
  });
});

describe('slots that were lost', () => {
  it('are caught up with by one run', () => {
    const decision = decide({ now: at('14:20') });
    expect(short(decision)).toBe('catch-up 14:00');
    expect(decision.lost).toEqual([lost('09:00', '13:00', 5, 'not-running')]);
    expect(decision.accountedUntil).toBe(slot('13:00'));
    const history = { attempts: [attempt('14:20', '14:22', 'done', '14:00')], accountedUntil: slot('13:00') };
    expect(decide({ now: at('14:30'), history })).toMatchObject({ kind: 'idle', lost: [] });
  });

  it('are not told again', () => {
    expect(decide({ now: at('14:20'), history: { accountedUntil: slot('13:00') } })).toMatchObject({
      kind: 'run',
      trigger: 'catch-up',
      lost: [],
      accountedUntil: slot('13:00'),
    });
  });

  it('are told although a person made a snapshot before anyone looked', () => {
    const history = { lastSnapshotAt: slot('12:10') };
    expect(decide({ now: at('12:20'), history })).toMatchObject({
      kind: 'idle',
      lost: [lost('09:00', '11:00', 3, 'not-running')],
      accountedUntil: slot('12:00'),
    });
  });

  it('say why: one record for each reason and stretch', () => {
    const history = {
      attempts: [
        attempt('09:00', '09:01', 'failed', '09:00'),
        attempt('10:00', '10:01', 'done', '10:00'),
        attempt('11:00', '11:05', 'cancelled', '11:00'),
        attempt('15:00', '15:01', 'interrupted', '15:00'),
      ],
      heldBack: [
        { slot: slot('12:00'), because: 'paused' },
        { slot: slot('13:00'), because: 'repository-absent' },
        { slot: slot('14:00'), because: 'repository-absent' },
        { slot: slot('15:00'), because: 'repository-absent' },
        { slot: slot('17:00'), because: 'on-battery' },
      ] as const,
    };
    expect(decide({ now: at('18:00'), history }).lost).toEqual([
      lost('09:00', '09:00', 1, 'failed'),
      lost('11:00', '11:00', 1, 'cancelled'),
      lost('12:00', '12:00', 1, 'paused'),
      lost('13:00', '14:00', 2, 'repository-absent'),
      lost('15:00', '15:00', 1, 'failed'),
      lost('16:00', '16:00', 1, 'not-running'),
      lost('17:00', '17:00', 1, 'on-battery'),
    ]);
  });

  it('do not reach over a slot that was served', () => {
    const history = { attempts: [attempt('10:00', '10:01', 'done', '10:00')] };
    expect(decide({ now: at('12:00'), history }).lost).toEqual([
      lost('09:00', '09:00', 1, 'not-running'),
      lost('11:00', '11:00', 1, 'not-running'),
    ]);
  });

  it('waited for the repository when that is all that is known', () => {
    const history = { attempts: [attempt('09:00', '09:00', 'waiting', '09:00')] };
    expect(decide({ now: at('10:00'), history }).lost).toEqual([lost('09:00', '09:00', 1, 'repository-absent')]);
  });

  it('say what it was, also when the last that was seen was a pause between two tries', () => {
    const heldBack = [{ slot: slot('09:00'), because: 'backing-off' as const }];
    const waited = { attempts: [attempt('09:00', '09:00', 'waiting', '09:00')], heldBack };
    expect(decide({ now: at('10:00'), history: waited }).lost).toEqual([
      lost('09:00', '09:00', 1, 'repository-absent'),
    ]);
    // The attempt itself is not in the history any more.
    expect(decide({ now: at('10:00'), history: { heldBack } }).lost).toEqual([lost('09:00', '09:00', 1, 'failed')]);
  });

  it('are not blamed on a run that was interrupted and found much later', () => {
    const history = { attempts: [attempt('09:00', '12:01', 'interrupted', '09:00')] };
    const decision = decide({ now: at('12:01'), history });
    expect(short(decision)).toBe('catch-up 12:00');
    expect(decision.lost).toEqual([lost('09:00', '09:00', 1, 'failed'), lost('10:00', '11:00', 2, 'not-running')]);
  });

  it('are counted exactly over years, in one record', () => {
    const since = '2016-05-04T08:30+02:00';
    const history = { lastSnapshotAt: ms(since) };
    const { lost: told } = decide({ since, now: at('10:20'), history });
    // 3652 days and 90 minutes of whole hours, less the newest.
    expect(told).toEqual([
      { from: ms('2016-05-04T09:00+02:00'), to: slot('09:00'), slots: 3652 * 24 + 1, because: 'not-running' },
    ]);
  });
});

describe('after a failure', () => {
  const failures = (...ended: [string, 'failed' | 'interrupted' | 'waiting' | 'cancelled'][]) => ({
    attempts: ended.map(([clock, outcome]) => attempt(clock, clock, outcome, '09:00')),
  });
  const daily: Schedule = { kind: 'daily', at: ['09:00'], days: ['mon', 'tue'] };
  const told = (now: string, ...ended: Parameters<typeof failures>): string =>
    short(decide({ schedule: daily, now: at(now), history: failures(...ended) }));

  it('it is tried again after 5, 15, 30 and then every 60 minutes', () => {
    expect(told('09:04', ['09:00', 'failed'])).toBe('backing-off 09:00, again 09:05');
    expect(told('09:05', ['09:00', 'failed'])).toBe('retry 09:00');
    expect(told('09:06', ['09:00', 'failed'], ['09:05', 'failed'])).toBe('backing-off 09:00, again 09:20');
    const three = [
      ['09:00', 'failed'],
      ['09:05', 'failed'],
      ['09:20', 'failed'],
    ] satisfies Parameters<typeof failures>;
    expect(told('09:21', ...three)).toBe('backing-off 09:00, again 09:50');
    expect(told('09:51', ...three, ['09:50', 'failed'])).toBe('backing-off 09:00, again 10:50');
    expect(told('10:51', ...three, ['09:50', 'failed'], ['10:50', 'failed'])).toBe('backing-off 09:00, again 11:50');
  });

  it('an interruption is forgiven once', () => {
    expect(told('09:00', ['09:00', 'interrupted'])).toBe('backing-off 09:00, again 09:01');
    expect(told('09:02', ['09:00', 'interrupted'], ['09:01', 'interrupted'])).toBe('backing-off 09:00, again 09:06');
    expect(told('09:06', ['09:00', 'failed'], ['09:05', 'interrupted'])).toBe('retry 09:00');
    expect(told('09:06', ['09:00', 'interrupted'], ['09:05', 'failed'])).toBe('backing-off 09:00, again 09:10');
  });

  it('waiting is no failure: a minute later it begins as it would have', () => {
    expect(told('09:00', ['09:00', 'waiting'])).toBe('backing-off 09:00, again 09:01');
    expect(told('09:01', ['09:00', 'waiting'])).toBe('due 09:00');
    const absent = { repository: 'absent' } as const;
    const history = failures(['09:00', 'waiting']);
    expect(short(decide({ now: at('09:30'), history, machine: absent }))).toBe(
      'repository-absent 09:00, again on change',
    );
    expect(short(decide({ now: at('09:30'), history }))).toBe('due 09:00');
  });

  it('it is not tried again for a slot that a person cancelled', () => {
    expect(told('09:30', ['09:00', 'cancelled'])).toBe('idle, next 09:00');
    expect(told('09:30', ['09:00', 'failed'], ['09:05', 'cancelled'])).toBe('idle, next 09:00');
  });

  it('a long run that is cancelled is not begun again in the slot in which that was done', () => {
    const history = { attempts: [attempt('09:00', '12:10', 'cancelled', '09:00')] };
    expect(short(decide({ now: at('12:11'), history }))).toBe('idle, next 13:00');
    expect(decide({ now: at('13:00'), history }).lost).toEqual([
      lost('09:00', '09:00', 1, 'cancelled'),
      lost('10:00', '11:00', 2, 'superseded'),
      lost('12:00', '12:00', 1, 'cancelled'),
    ]);
  });

  it('the next slot begins afresh', () => {
    const history = {
      attempts: [attempt('09:00', '09:01', 'failed', '09:00'), attempt('09:50', '09:51', 'failed', '09:00')],
    };
    const decision = decide({ now: at('10:00'), history });
    expect(short(decision)).toBe('catch-up 10:00');
    expect(decision.lost).toEqual([lost('09:00', '09:00', 1, 'failed')]);
  });
});
