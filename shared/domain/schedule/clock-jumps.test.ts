import { describe, expect, it } from 'vitest';
import { due } from './due.ts';
import { at, attempt, ms, scheduleFacts } from './testing/facts.ts';

const slot = (clock: string): number => ms(at(clock));

describe('a clock that was set back', () => {
  it('does not owe again what was served, until it has passed that time', () => {
    const history = { attempts: [attempt('14:00', '14:01', 'done', '14:00')], accountedUntil: slot('13:00') };
    for (const now of ['10:20', '13:30', '14:30']) {
      expect(due(scheduleFacts({ now: at(now), history }))).toMatchObject({
        kind: 'idle',
        nextAt: slot('15:00'),
        lost: [],
        aheadOfClock: null,
      });
    }
    expect(due(scheduleFacts({ now: at('15:00'), history }))).toMatchObject({ kind: 'run', slot: slot('15:00') });
  });

  it('believes a snapshot from the future too', () => {
    const history = { lastSnapshotAt: slot('14:00') };
    expect(due(scheduleFacts({ now: at('10:20'), history }))).toMatchObject({ kind: 'idle', nextAt: slot('15:00') });
  });

  it('does not wait for a failure that lies ahead', () => {
    const history = { attempts: [attempt('14:00', '14:01', 'failed', '14:00')] };
    expect(due(scheduleFacts({ now: at('09:20'), history }))).toMatchObject({ kind: 'run', trigger: 'due' });
    const during = { attempts: [attempt('09:00', '18:00', 'failed', '09:00')] };
    expect(due(scheduleFacts({ now: at('09:10'), history: during }))).toMatchObject({ kind: 'run', trigger: 'retry' });
  });

  it('ignores what lies more than 36 hours ahead, and says so', () => {
    const farAhead = ms('2030-01-01T00:00Z');
    const attempts = [{ startedAt: farAhead, endedAt: farAhead, outcome: 'done' as const, slot: farAhead }];
    for (const history of [{ attempts }, { lastSnapshotAt: farAhead }]) {
      expect(due(scheduleFacts({ now: at('09:20'), history }))).toMatchObject({
        kind: 'run',
        slot: slot('09:00'),
        aheadOfClock: farAhead,
      });
    }
    const underWay = { attempts: [{ startedAt: farAhead, endedAt: null, outcome: null, slot: null }] };
    expect(due(scheduleFacts({ now: at('09:20'), history: underWay }))).toMatchObject({ kind: 'run' });
  });

  it('does not believe again what it ignored before, when its time draws near', () => {
    const ahead = { ...attempt('09:00', '09:01', 'done', '09:00'), startedAt: slot('20:00'), endedAt: slot('20:01') };
    const since = attempt('09:00', '09:01', 'done', '09:00');
    const lastSnapshotAt = slot('20:00') - 1000;
    const asked = (attempts: (typeof since)[]): unknown =>
      due(scheduleFacts({ now: at('10:20'), history: { attempts, lastSnapshotAt } })).kind;
    expect(asked([since, ahead])).toBe('idle');
    expect(asked([ahead, since])).toBe('run');
    expect(asked([since])).toBe('run');
  });

  it('draws the line at 36 hours', () => {
    const now = at('09:20');
    const lastSnapshotAt = ms(now) + 36 * 3_600_000;
    expect(due(scheduleFacts({ now, history: { lastSnapshotAt } })).kind).toBe('idle');
    expect(due(scheduleFacts({ now, history: { lastSnapshotAt: lastSnapshotAt + 1 } })).kind).toBe('run');
  });

  it('goes on from the newest slot when what was accounted for lies far ahead', () => {
    const accountedUntil = ms('2030-01-01T00:00Z');
    const decision = due(scheduleFacts({ now: at('12:20'), history: { accountedUntil } }));
    expect(decision).toMatchObject({ kind: 'run', slot: slot('12:00'), lost: [], aheadOfClock: accountedUntil });
    expect(decision.accountedUntil).toBe(slot('12:00') - 1);
    const next = { accountedUntil: decision.accountedUntil, attempts: [attempt('12:20', '12:21', 'done', '12:00')] };
    expect(due(scheduleFacts({ now: at('14:00'), history: next }))).toMatchObject({
      kind: 'run',
      slot: slot('14:00'),
      lost: [{ slots: 1, because: 'not-running' }],
      aheadOfClock: null,
    });
  });

  it('does not stop a schedule that began far ahead', () => {
    const since = '2030-01-01T00:00:00Z';
    expect(due(scheduleFacts({ since, now: at('12:20') }))).toMatchObject({
      kind: 'run',
      slot: slot('12:00'),
      lost: [],
      aheadOfClock: ms(since),
    });
    const history = { lastSnapshotAt: null };
    expect(due(scheduleFacts({ since, now: at('12:20'), history }))).toMatchObject({ kind: 'run' });
  });

  it('waits for a schedule that began shortly ahead', () => {
    const facts = scheduleFacts({ since: at('11:30'), now: at('09:20'), history: { lastSnapshotAt: null } });
    expect(due(facts)).toMatchObject({ kind: 'idle', nextAt: slot('11:30') });
  });
});

describe('a clock that was set forward', () => {
  it('gives one run that catches up', () => {
    const now = '2026-06-04T12:20+02:00';
    const decision = due(scheduleFacts({ now }));
    expect(decision).toMatchObject({ kind: 'run', trigger: 'catch-up', slot: ms('2026-06-04T12:00+02:00') });
    expect(decision.lost).toMatchObject([{ slots: 31 * 24 + 3, because: 'not-running' }]);
  });

  it('by thousands of years does not count for ever', () => {
    const now = '9000-06-04T12:20:00Z';
    const decision = due(scheduleFacts({ now, zone: 'Europe/Berlin' }));
    expect(decision).toMatchObject({ kind: 'run', slot: ms('9000-06-04T12:00:00Z') });
    expect(decision.lost[0]?.slots).toBeLessThan(20 * 366 * 24 + 1);
  });
});
