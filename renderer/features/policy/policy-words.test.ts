import { describe, expect, it } from 'vitest';
import { defaultKeepRules, keepEverything } from '../../../shared/domain/keep/rules.ts';
import { defaultConditionRules, type Schedule, weekdays } from '../../../shared/domain/schedule/schedule.ts';
import { defaultStillRules } from '../../../shared/domain/still-rules.ts';
import { i18n } from '../../i18n/i18n.ts';
import { daysKind } from './clock-words.ts';
import { durationProblem, keepWords } from './keep-words.ts';
import { conditionWords, scheduleWords, type Words } from './schedule-words.ts';
import { durationWords, spanWords } from './span-words.ts';
import { isUsualStill, stillWords } from './still-words.ts';

const t = i18n.getFixedT('en', 'policy') as unknown as Words;
const every = [...weekdays];

describe('a schedule in words', () => {
  it.each<[Schedule, string]>([
    [{ kind: 'manual' }, 'Only when you click “Back up now”'],
    [{ kind: 'hourly', everyHours: 1, minute: 0 }, 'Every hour'],
    [{ kind: 'hourly', everyHours: 6, minute: 30 }, 'Every 6 hours, 30 minutes past'],
    [
      { kind: 'quiet', quietMinutes: 10, atMostEveryMinutes: 90, atLeastEveryHours: 24 },
      'When nothing was written for 10 minutes; at least 90 minutes apart, at the latest after 1 day',
    ],
    [
      { kind: 'quiet', quietMinutes: 10, atMostEveryMinutes: 1200, atLeastEveryHours: 24, latestAt: '12:00' },
      'When nothing was written for 10 minutes; at least 20 hours apart, at the latest at 12:00 PM',
    ],
    [
      { kind: 'changes', changes: 1500, atMostEveryMinutes: 60, atLeastEveryHours: 168 },
      'After 1,500 changes; at least 1 hour apart, at the latest after 1 week',
    ],
  ])('%o', (schedule, words) => expect(scheduleWords(schedule, t)).toBe(words));

  it('names days by what people call them, times in their order', () => {
    const at = ['18:00', '09:00'];
    const words = (days: typeof every): string => scheduleWords({ kind: 'daily', at, days }, t);
    expect(words(every)).toMatch(/^Every day at 0?9:00.* and (18|0?6):00/);
    expect(words(['mon', 'tue', 'wed', 'thu', 'fri'])).toMatch(/^On weekdays at /);
    expect(words(['sat', 'sun'])).toMatch(/^At weekends at /);
    expect(words(['wed', 'mon'])).toMatch(/^Every Mon and Wed at /);
    expect(daysKind(['mon'])).toBe('some');
  });

  it('tells what holds it back, and nothing where nothing does', () => {
    expect(conditionWords(defaultConditionRules, t)).toBe('Once a day on battery, not on metered networks');
    expect(conditionWords({ onBattery: 'as-usual', onMetered: 'run', windows: [] }, t)).toBe('');
    const night = { days: every, from: '22:00', to: '06:00' };
    expect(conditionWords({ onBattery: 'as-usual', onMetered: 'run', windows: [night] }, t)).toMatch(
      /^Only from .* to /,
    );
  });
});

describe('when programs may be paused, in words', () => {
  const night = { days: every, from: '22:00', to: '06:00' };

  it('is nothing by default, and one part for each rule', () => {
    expect(stillWords(defaultStillRules, t)).toEqual([]);
    const rules = {
      windows: [night, { ...night, days: ['sat' as const] }],
      onBattery: 'live' as const,
      busyDisk: { waitSeconds: 5, afterwards: 'live' as const },
      hooks: ['a', 'b'],
    };
    const [windows, ...others] = stillWords(rules, t);
    expect(windows).toMatch(/^programs paused only from .* to .*, from .* to .* on Sat$/);
    expect(others).toEqual(['no pause on battery', 'no pause on a busy disk', '2 programs called around the pause']);
  });

  it('stands behind what holds runs back, also where only a person begins them', () => {
    const conditions = { ...defaultConditionRules, onMetered: 'run' as const };
    expect(conditionWords(conditions, t, ['no pause on battery'])).toBe('Once a day on battery, no pause on battery');
    expect(conditionWords(null, t, ['no pause on battery'])).toBe('No pause on battery');
    expect(conditionWords(null, t)).toBe('');
  });

  it('is unusual as soon as anything differs', () => {
    expect(isUsualStill(defaultStillRules)).toBe(true);
    expect(isUsualStill({ ...defaultStillRules, windows: [night] })).toBe(false);
    expect(isUsualStill({ ...defaultStillRules, onBattery: 'live' })).toBe(false);
    expect(isUsualStill({ ...defaultStillRules, hooks: ['a'] })).toBe(false);
    expect(isUsualStill({ ...defaultStillRules, busyDisk: { waitSeconds: 11, afterwards: 'hold' } })).toBe(false);
  });
});

describe('keep rules in words', () => {
  it('says the default as people say it', () => {
    expect(keepWords(defaultKeepRules, t)).toBe('24 hourly, 30 daily, 12 monthly, then yearly');
  });

  it('says that empty rules keep everything', () => {
    expect(keepWords(keepEverything, t)).toBe(i18n.t('policy:keep.everything'));
  });

  it('says every other rule', () => {
    const rules = { ...keepEverything, last: 5, daily: 'all' as const, within: '1y5m', tags: ['tax', 'contract'] };
    expect(keepWords(rules, t)).toBe(
      'The last 5, then daily, everything of the last 1 year, 5 months, everything tagged tax, contract',
    );
    expect(keepWords({ ...keepEverything, hourly: 'all' }, t)).toBe('One of every hour');
  });

  it('knows a duration from what is none, and an empty one as not used', () => {
    expect(durationProblem('within', '1y5m7d2h')).toBeNull();
    expect(durationProblem('within', '')).toBeNull();
    expect(durationProblem('withinDaily', '2h1y')).not.toBeNull();
    expect(durationProblem('withinDaily', 'week')).not.toBeNull();
    expect(durationWords('7d2h')).toBe('7 days, 2 hours');
  });
});

describe('a length of time', () => {
  it('is said in the largest unit that is exact', () => {
    expect([45, 60, 90, 1440, 10_080].map(spanWords)).toEqual([
      '45 minutes',
      '1 hour',
      '90 minutes',
      '1 day',
      '1 week',
    ]);
  });
});
