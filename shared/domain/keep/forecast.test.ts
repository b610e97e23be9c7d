import { describe, expect, it } from 'vitest';
import { weekdays } from '../schedule/schedule.ts';
import { decideFates, type SourceSnapshot } from './decide.ts';
import { forecastKeep } from './forecast.ts';
import { plannedRuns } from './planned-runs.ts';
import { defaultKeepRules, type KeepRules, keepEverything } from './rules.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.parse('2026-05-01T00:00:00Z');
const anyTime = { windows: [] };
const hourly = { kind: 'hourly', everyHours: 1, minute: 0 } as const;
const at = (time: number, more: Partial<SourceSnapshot> = {}): SourceSnapshot => ({
  ...{ id: String(time), time, tags: [], pinned: false, safety: false, undo: false, good: true, whole: true },
  ...more,
});
const goes = async (snapshots: readonly SourceSnapshot[], rules: Partial<KeepRules>, runs: readonly number[]) => {
  const facts = { snapshots, rules: { ...keepEverything, ...rules }, zone: 'UTC', runs, breathe: async () => {} };
  return Object.fromEntries(await forecastKeep(facts));
};
const every = (step: number, count: number): number[] => Array.from({ length: count }, (_, n) => now + (n + 1) * step);

describe('a forecast of what goes when', () => {
  it('is the run after which the rules let it go', async () => {
    const snapshots = [at(now), at(now - day), at(now - 2 * day)];
    expect(await goes(snapshots, { last: 3 }, every(day, 10))).toEqual({
      [now - 2 * day]: now + day,
      [now - day]: now + 2 * day,
      [now]: now + 3 * day,
    });
  });

  it('says nothing of what stays longer than runs are planned, is pinned, or is the oldest and kept for that', async () => {
    const snapshots = [at(now), at(now - day, { pinned: true }), at(now - 2 * day)];
    expect(await goes(snapshots, { last: 3 }, [])).toEqual({});
    expect(Object.keys(await goes(snapshots, { last: 1 }, every(day, 3)))).not.toContain(String(now - day));
    expect(await goes([at(now), at(now - 2 * day)], { yearly: 'all' }, every(day, 99))).toEqual({ [now]: now + day });
  });

  it('is 30 days for safety snapshots, unless a restore still needs them', async () => {
    const safety = [at(now - day, { safety: true }), at(now - 2 * day, { safety: true, undo: true })];
    expect(await goes(safety, { last: 1 }, [])).toEqual({ [now - day]: now + 29 * day });
  });

  it('is what really happens, run by run, under the rules everybody gets', async () => {
    const runs = every(hour, 24 * 40);
    const start = Array.from({ length: 80 }, (_, n) => at(now - n * 7 * hour));
    const first = decideFates(start, defaultKeepRules, 'Europe/Berlin', now);
    const kept = start.filter((_, position) => first[position]?.keep);
    const facts = { rules: defaultKeepRules, zone: 'Europe/Berlin', runs, breathe: async () => {} };
    const told = await forecastKeep({ ...facts, snapshots: kept });
    const happened = new Map<string, number>();
    let present = kept;
    for (const run of runs) {
      const fates = decideFates([...present, at(run)], defaultKeepRules, 'Europe/Berlin', run + 1);
      const gone = new Set(fates.filter(({ keep }) => !keep).map(({ id }) => id));
      for (const { id } of kept) if (gone.has(id)) happened.set(id, run);
      present = [...present, at(run)].filter(({ id }) => !gone.has(id));
    }
    expect(told).toEqual(happened);
    expect(told.size).toBeGreaterThan(10);
  });

  it('counts in what a clock that was ahead made when its time has come', async () => {
    const ahead = now + 3 * day + hour;
    expect(await goes([at(ahead), at(now)], { last: 1 }, every(day, 6))).toEqual({
      [now]: now + day,
      [ahead]: now + 4 * day,
    });
  });

  it('gets through two years of hourly runs that are all kept, and can be ended', async () => {
    const runs = every(hour, 17_520);
    expect(await goes([at(now)], { last: 17_000 }, runs)).toMatchObject({ [now]: expect.any(Number) });
    const facts = { rules: { ...keepEverything, last: 100_000 }, zone: 'UTC', runs, snapshots: [at(now)] };
    const breathe = () => Promise.reject(new Error('ended'));
    await expect(forecastKeep({ ...facts, breathe })).rejects.toThrow('ended');
  }, 60_000);
});

describe('planned runs', () => {
  const facts = { schedule: hourly, conditions: anyTime, zone: 'UTC', from: now, until: now + day } as const;

  it('are the slots of a schedule with a clock', () => {
    expect(plannedRuns(facts)).toEqual(every(hour, 24));
    expect(plannedRuns({ ...facts, schedule: { kind: 'manual' } })).toEqual([]);
  });

  it('are the slowest of one that follows what happens', () => {
    const quiet = { kind: 'quiet', quietMinutes: 5, atMostEveryMinutes: 60, atLeastEveryHours: 6 } as const;
    expect(plannedRuns({ ...facts, schedule: quiet })).toEqual(every(6 * hour, 4));
    const atNight = { ...quiet, atMostEveryMinutes: 30 * 60, latestAt: '03:00' } as const;
    const nights = plannedRuns({ ...facts, schedule: atNight, until: facts.from + 7 * 24 * hour });
    expect(nights.slice(1).map((at, index) => at - (nights[index] ?? 0))).toEqual([48 * hour, 48 * hour]);
  });

  it('are moved to where a window opens, and made once there', () => {
    const night = { days: [...weekdays], from: '21:30', to: '23:00' };
    const runs = plannedRuns({ ...facts, conditions: { windows: [night] } });
    expect(runs.map((run) => new Date(run).toISOString().slice(11, 16))).toEqual(['21:30', '22:00']);
  });
});
