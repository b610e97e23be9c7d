import type { TFunction } from 'i18next';
import type { ActivitySchedule } from '../../../shared/domain/schedule/latest.ts';
import type { ConditionRules, Schedule, TimeWindow, Weekday } from '../../../shared/domain/schedule/schedule.ts';
import { formatLocale } from '../../ui/format/locale.ts';
import { clockWords, dayName, daysKind, inOrder } from './clock-words.ts';
import { spanWords } from './span-words.ts';

export type Words = TFunction<'policy'>;

/** `Every hour`, `On weekdays at 09:00`, `After 500 changes, ...`. */
export function scheduleWords(schedule: Schedule, t: Words): string {
  switch (schedule.kind) {
    case 'manual':
      return t('when.manual');
    case 'hourly': {
      const every = t('when.hourly', { count: schedule.everyHours });
      return schedule.minute === 0 ? every : t('when.past', { every, count: schedule.minute });
    }
    case 'daily':
      return t(`when.daily.${daysKind(schedule.days)}`, {
        days: someDays(schedule.days),
        times: listed(schedule.at.toSorted().map(clockWords)),
      });
    case 'quiet':
      return followWords(t('when.quiet', { span: spanWords(schedule.quietMinutes) }), schedule, t);
    case 'changes':
      return followWords(t('when.changes', { count: schedule.changes }), schedule, t);
  }
}

function followWords(when: string, schedule: ActivitySchedule, t: Words): string {
  const { atMostEveryMinutes, atLeastEveryHours, latestAt } = schedule;
  const least = spanWords(atMostEveryMinutes);
  if (latestAt !== undefined) return t('when.followAt', { when, least, time: clockWords(latestAt) });
  return t('when.follow', { when, least, most: spanWords(atLeastEveryHours * 60) });
}

/** What holds runs back, and what else is said, as one sentence without its full stop; empty where nothing does. */
export function conditionWords(conditions: ConditionRules | null, t: Words, more: readonly string[] = []): string {
  const parts = conditions === null ? [...more] : [...holdParts(conditions, t), ...more];
  const sentence = parts.join(', ');
  return sentence.charAt(0).toLocaleUpperCase(formatLocale()) + sentence.slice(1);
}

function holdParts(conditions: ConditionRules, t: Words): string[] {
  return [
    conditions.onBattery === 'as-usual' ? '' : t(`hold.battery.${conditions.onBattery}`),
    conditions.onMetered === 'wait' ? t('hold.metered') : '',
    ...conditions.windows.map((window) => windowWords(window, t)),
  ].filter((part) => part !== '');
}

/** `from 22:00 to 06:00 on weekdays` */
export function windowSpan({ days, from, to }: TimeWindow, t: Words): string {
  return t(`windows.span.${daysKind(days)}`, { days: someDays(days), from: clockWords(from), to: clockWords(to) });
}

/** `only from 22:00 to 06:00 on weekdays` */
export function windowWords({ days, from, to }: TimeWindow, t: Words): string {
  return t(`hold.window.${daysKind(days)}`, { days: someDays(days), from: clockWords(from), to: clockWords(to) });
}

function someDays(days: readonly Weekday[]): string {
  return listed(inOrder(days).map((day) => dayName(day)));
}

export function listed(parts: readonly string[]): string {
  return new Intl.ListFormat(formatLocale(), { type: 'conjunction' }).format(parts);
}
