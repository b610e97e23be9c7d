import { describe, expect, it } from 'vitest';
import { applyKeepRules, type KeptSnapshot } from './apply.ts';
import { defaultKeepRules, type KeepRules, keepEverything, keepsEverything } from './rules.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const at = (time: string, more: Partial<KeptSnapshot> = {}): KeptSnapshot => ({
  id: time,
  time: Date.parse(time),
  tags: [],
  ...more,
});
const kept = (snapshots: readonly KeptSnapshot[], rules: Partial<KeepRules>, zone = 'UTC'): string[] =>
  applyKeepRules(snapshots, { ...keepEverything, ...rules }, zone, now)
    .filter(({ keep }) => keep)
    .map(({ id }) => id);

describe('keep rules', () => {
  it('without any, or with durations of nothing, keep everything', () => {
    const snapshots = [at('2026-01-01T00:00:00Z'), at('2026-01-02T00:00:00Z')];
    expect(kept(snapshots, {})).toEqual(['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z']);
    expect(keepsEverything({ ...keepEverything, within: '0d' })).toBe(true);
    expect(keepsEverything(defaultKeepRules)).toBe(false);
    expect(applyKeepRules([], defaultKeepRules, 'UTC', now)).toEqual([]);
  });

  it('keep the newest of each day of the wall clock, and the oldest while counts are left', () => {
    const times = ['2026-01-10T22:30:00Z', '2026-01-10T23:30:00Z', '2026-01-11T12:00:00Z', '2026-01-11T22:00:00Z'];
    const snapshots = times.map((time) => at(time));
    expect(kept(snapshots, { daily: 2 })).toEqual([times[3], times[1]]);
    expect(kept(snapshots, { daily: 3 })).toEqual([times[3], times[1], times[0]]);
    expect(kept(snapshots, { daily: 2 }, 'Europe/Berlin')).toEqual([times[3], times[0]]);
  });

  it('go by the wall clock a snapshot was made by, wherever they are applied', () => {
    const tokyo = ['2026-01-10T14:30:00Z', '2026-01-10T15:30:00Z', '2026-01-10T16:30:00Z'];
    const snapshots = tokyo.map((time) => at(time, { offsetMinutes: 540 }));
    expect(kept(snapshots, { daily: 2 }, 'America/New_York')).toEqual([tokyo[2], tokyo[0]]);
  });

  it('take the hour that comes twice for one', () => {
    const twice = ['2025-10-26T00:30:00Z', '2025-10-26T01:30:00Z', '2025-10-26T02:30:00Z'];
    expect(
      kept(
        twice.map((time) => at(time)),
        { hourly: 2 },
        'Europe/Berlin',
      ),
    ).toEqual([twice[2], twice[1]]);
  });

  it('put the days around New Year into the ISO week of their Thursday', () => {
    const days = ['2024-12-29T12:00:00Z', '2024-12-30T12:00:00Z', '2025-01-05T12:00:00Z', '2025-01-06T12:00:00Z'];
    expect(
      kept(
        days.map((time) => at(time)),
        { weekly: 3 },
      ),
    ).toEqual([days[3], days[2], days[0]]);
  });

  it('count months back as the calendar runs over: 31 March less a month is 3 March', () => {
    const times = ['2026-02-28T12:00:01Z', '2026-03-03T12:00:00Z', '2026-03-03T12:00:01Z', '2026-03-31T12:00:00Z'];
    expect(
      kept(
        times.map((time) => at(time)),
        { within: '1m' },
      ),
    ).toEqual([times[3], times[2]]);
  });

  it('count days back on a clock that changes where the newest was made by it, and hours as they pass', () => {
    const times = ['2026-03-28T11:30:00Z', '2026-03-28T10:30:00Z', '2026-03-29T10:00:00Z'];
    const snapshots = times.map((time) => at(time));
    expect(kept(snapshots, { within: '1d' }, 'Europe/Berlin')).toEqual([times[2], times[0]]);
    expect(kept(snapshots, { within: '1d' })).toEqual([times[2], times[0], times[1]]);
    expect(kept(snapshots, { within: '24h' }, 'Europe/Berlin')).toEqual([times[2], times[0], times[1]]);
  });

  it('count from the newest that is not in the future; where all are, nothing is too old', () => {
    const [old, newest, ahead] = [at('2026-01-01T00:00:00Z'), at('2026-05-01T00:00:00Z'), at('2030-01-01T00:00:00Z')];
    expect(kept([old, newest, ahead], { within: '1d' })).toEqual([ahead.id, newest.id]);
    expect(kept([at('2031-01-01T00:00:00Z'), ahead], { within: '1h' })).toEqual(['2031-01-01T00:00:00Z', ahead.id]);
  });

  it('name every rule that keeps one', () => {
    const snapshots = [at('2026-05-01T10:00:00Z', { tags: ['mine'] }), at('2026-04-30T10:00:00Z')];
    const rules = { ...keepEverything, last: 1, daily: 'all' as const, withinMonthly: '1y', tags: ['mine'] };
    expect(applyKeepRules(snapshots, rules, 'UTC', now)).toEqual([
      { id: '2026-05-01T10:00:00Z', keep: true, reasons: ['tag', 'last', 'daily', 'withinMonthly'] },
      { id: '2026-04-30T10:00:00Z', keep: true, reasons: ['daily', 'withinMonthly'] },
    ]);
  });

  it('tell the last nanosecond of a day from the first of the next', () => {
    const last = at('2026-01-10T23:59:59.999Z', { nanoseconds: 999_999 });
    const snapshots = [at('2026-01-10T23:59:59.999Z', { id: 'earlier', nanoseconds: 999_998 }), last];
    expect(kept([...snapshots, at('2026-01-11T00:00:00Z')], { daily: 2, last: 1 })).toEqual([
      '2026-01-11T00:00:00Z',
      last.id,
    ]);
  });
});
