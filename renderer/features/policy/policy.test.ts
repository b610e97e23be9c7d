import { describe, expect, it } from 'vitest';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { defaultKeepRules, keepEverything } from '../../../shared/domain/keep/rules.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { defaultConditionRules, type Schedule } from '../../../shared/domain/schedule/schedule.ts';
import { choiceOf, needsRegistration } from '../../state/policy-parts.ts';
import { hookChoices } from './hook-choices.ts';
import { keepLanes } from './keep-lanes.ts';
import { placeOf, scaleOf } from './keep-picture-layout.ts';
import { lacksStillPoints } from './lacks-still-points.ts';
import { groupRuns } from './next-runs-words.ts';
import { policyProblems, problemOf, startSchedule } from './policy-draft.ts';
import { simulateKeep } from './simulate-keep.ts';
import { roughSpan } from './span-words.ts';

const hour = 3_600_000;
const day = 24 * hour;
const policy = defaultPolicy('a'.repeat(64) as RepositoryId, 'filesystem');
const choice = choiceOf(policy);

describe('a policy being changed', () => {
  it('begins with the defaults for a new source, and with its own for one that is there', () => {
    expect(choiceOf(null)).toEqual(choice);
    const own = { ...policy, longestStallMs: 20, ejectAfterwards: true };
    expect(choiceOf(own)).toMatchObject({ longestStallMs: 20, ejectAfterwards: true });
    expect(choiceOf(own)).not.toHaveProperty('repositoryId');
  });

  it('names the field that is wrong', () => {
    const daily = (
      at: string[],
      days: Extract<Schedule, { kind: 'daily' }>['days'],
    ): ReturnType<typeof policyProblems> => policyProblems({ ...choice, schedule: { kind: 'daily', at, days } });
    expect(policyProblems(choice)).toEqual([]);
    expect(problemOf(daily(['09:00', ''], ['mon']), 'schedule.at.1')).not.toBeNull();
    expect(problemOf(daily(['09:00', ''], ['mon']), 'schedule.at.0')).toBeNull();
    expect(problemOf(daily(['09:00'], []), 'schedule.days')).not.toBeNull();
  });

  it('does not take a longest time that is below the shortest', () => {
    const schedule: Schedule = { kind: 'quiet', quietMinutes: 5, atMostEveryMinutes: 121, atLeastEveryHours: 2 };
    expect(problemOf(policyProblems({ ...choice, schedule }), 'schedule.atLeastEveryHours')).not.toBeNull();
    expect(policyProblems({ ...choice, schedule: { ...schedule, atMostEveryMinutes: 120 } })).toEqual([]);
  });

  it('asks anew about the registration only where pause or repository change', () => {
    expect(needsRegistration(policy, { ...policy, keep: keepEverything })).toBe(false);
    expect(needsRegistration(policy, { ...policy, longestStallMs: 1000 })).toBe(true);
    expect(needsRegistration(policy, { ...policy, repositoryId: 'b'.repeat(64) as RepositoryId })).toBe(true);
  });

  it('asks anew where programs would be paused at more times, or told by more hooks, and not for less', () => {
    const night = { days: ['mon' as const], from: '22:00', to: '06:00' };
    const narrow = { ...policy, still: { ...policy.still, windows: [night] } };
    const hooked = { ...policy, still: { ...policy.still, hooks: ['10-shop'] } };
    expect(needsRegistration(policy, narrow)).toBe(false);
    expect(needsRegistration(narrow, policy)).toBe(true);
    expect(needsRegistration(policy, hooked)).toBe(true);
    expect(needsRegistration(hooked, policy)).toBe(false);
  });

  it('lists hooks that were chosen and are gone, so that they can be taken away', () => {
    const broken = { name: '20-mail', problem: 'The hook 20-mail is not executable.' };
    expect(hookChoices([{ name: '30-c', problem: '' }, broken], ['10-a', '30-c'])).toEqual([
      { name: '10-a', problem: null, chosen: true },
      { ...broken, chosen: false },
      { name: '30-c', problem: '', chosen: true },
    ]);
    expect(
      problemOf(policyProblems({ ...choice, still: { ...choice.still, hooks: ['../x'] } }), 'still.hooks'),
    ).not.toBeNull();
  });

  it('brings back what was chosen for a way that was left and taken again', () => {
    const own: Schedule = { kind: 'hourly', everyHours: 4, minute: 15 };
    expect(startSchedule('hourly', new Map([['hourly', own]]))).toBe(own);
    for (const kind of ['hourly', 'daily', 'quiet', 'changes', 'manual'] as const) {
      expect(policyProblems({ ...choice, schedule: startSchedule(kind, new Map()) })).toEqual([]);
    }
  });
});

describe('the next runs', () => {
  const now = new Date(2026, 10, 20, 11, 5).getTime();

  it('name each day once, today in words', () => {
    const today = new Date(2026, 10, 20, 12).getTime();
    const groups = groupRuns([today, today + hour, today + day], now);
    expect(groups.map(({ day: name }) => name)).toEqual(['today', 'tomorrow']);
    expect(groups.map(({ times }) => times.length)).toEqual([2, 1]);
    expect(groupRuns([], now)).toEqual([]);
  });
});

describe('the picture of what is kept', () => {
  it('puts the oldest at one end, now at the other, and never leaves the line', () => {
    const oldest = 400 * day;
    expect(placeOf(oldest, oldest)).toBe(0);
    expect(placeOf(0, oldest)).toBe(1);
    expect(placeOf(2 * oldest, oldest)).toBe(0);
    expect(placeOf(day, oldest)).toBeGreaterThan(placeOf(30 * day, oldest));
  });

  it('names only ages that it spans', () => {
    expect(scaleOf(10 * day).map(({ name }) => name)).toEqual(['day', 'week']);
    expect(scaleOf(2 * day).map(({ name }) => name)).toEqual(['day']);
  });

  it('has a row for each rule that keeps something, one for other reasons, and one for what goes', () => {
    const kept = (at: number, ...rules: string[]) => ({ at, keep: true, rules, because: 'rule' });
    const lanes = keepLanes([
      kept(5, 'yearly', 'daily'),
      kept(4, 'daily'),
      { at: 3, keep: true, rules: [], because: 'pinned' },
      { at: 2, keep: false, rules: [], because: null },
      { at: 1, keep: true, rules: [], because: null },
    ]);
    expect(lanes.map(({ name, times }) => [name, times])).toEqual([
      ['daily', [5, 4]],
      ['yearly', [5]],
      ['pinned', [3]],
      ['all', [1]],
      ['going', [2]],
    ]);
    expect(lanes.filter(({ keeps }) => !keeps).map(({ name }) => name)).toEqual(['going']);
  });

  it('says how far back in a unit of which there are two', () => {
    expect(roughSpan(23.6 * hour)).toBe('24 hours');
    expect(roughSpan(30 * hour)).toBe('30 hours');
    expect(roughSpan(29.8 * day)).toBe('30 days');
    expect(roughSpan(335 * day)).toBe('11 months');
    expect(roughSpan(760 * day)).toBe('2 years');
    expect(roughSpan(0)).toBe('1 hour');
  });

  it('shows for a new source what the schedule and the rules come to', () => {
    const now = Date.UTC(2026, 10, 20, 9);
    const daily: Schedule = { kind: 'daily', at: ['09:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };
    const result = simulateKeep(daily, defaultConditionRules, { ...keepEverything, daily: 7 }, now, 'Europe/Berlin');
    expect(result.kept.length).toBe(7);
    expect(Math.max(...result.kept.map(({ age }) => age))).toBeLessThan(8 * day);
    expect(result.kept.every(({ rules }) => rules.includes('daily'))).toBe(true);
    const all = simulateKeep(daily, defaultConditionRules, keepEverything, now, 'Europe/Berlin');
    expect(all.kept.length).toBe(all.runs);
    expect(simulateKeep({ kind: 'manual' }, defaultConditionRules, defaultKeepRules, now, 'UTC').runs).toBe(0);
  });
});

describe('whether scheduled runs copy live for want of a consent', () => {
  const helper = { state: 'ready', canFreeze: true, canAskForRights: true, scheduledStillPoints: false } as const;
  const source = { policy };

  it('is so where something scheduled is to be held still', () => {
    expect(lacksStillPoints(helper, [source])).toBe(true);
    expect(lacksStillPoints({ ...helper, canFreeze: false }, [source])).toBe(true);
  });

  it('is not so where it is allowed, could not be, or nothing needs it', () => {
    expect(lacksStillPoints({ ...helper, scheduledStillPoints: true }, [source])).toBe(false);
    expect(lacksStillPoints({ ...helper, canFreeze: false, canAskForRights: false }, [source])).toBe(false);
    expect(lacksStillPoints(helper, [{ policy: { ...policy, requiredLevel: 'per-file' } }])).toBe(false);
    expect(lacksStillPoints(helper, [{ policy: { ...policy, schedule: { kind: 'manual' } } }])).toBe(false);
    expect(lacksStillPoints(helper, [])).toBe(false);
  });
});
