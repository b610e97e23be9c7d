import { type KeepRules, keepRulesSchema } from '../../../shared/domain/keep/rules.ts';
import { formatLocale } from '../../ui/format/locale.ts';
import type { Words } from './schedule-words.ts';
import { durationWords } from './span-words.ts';

export const counts = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type CountRule = (typeof counts)[number];
export const withins = [
  'within',
  'withinHourly',
  'withinDaily',
  'withinWeekly',
  'withinMonthly',
  'withinYearly',
] as const;
export type WithinRule = (typeof withins)[number];

/** Rules that are all empty keep everything. */
export function keepsEverything(rules: KeepRules): boolean {
  return (
    counts.every((rule) => rules[rule] === 0) &&
    withins.every((rule) => rules[rule] === null) &&
    rules.tags.length === 0
  );
}

/** `24 hourly, 30 daily, 12 monthly, then yearly` */
export function keepWords(rules: KeepRules, t: Words): string {
  if (keepsEverything(rules)) return t('keep.everything');
  const used = counts.filter((rule) => rules[rule] !== 0);
  const parts = used.map((rule, at) => {
    const count = rules[rule];
    if (count !== 'all') return t(`keep.some.${rule}`, { count });
    return t(at > 0 && at === used.length - 1 ? `keep.then.${rule}` : `keep.all.${rule}`);
  });
  for (const rule of withins) {
    const span = rules[rule];
    if (span !== null) parts.push(t(`keep.span.${rule}`, { span: durationWords(span) }));
  }
  if (rules.tags.length > 0) parts.push(t('keep.tagged', { tags: rules.tags.join(', ') }));
  const sentence = parts.join(', ');
  return sentence.charAt(0).toLocaleUpperCase(formatLocale()) + sentence.slice(1);
}

/** Whether a duration typed for a rule is one; empty means that the rule is not used. */
export function durationProblem(rule: WithinRule, text: string): string | null {
  const parsed = keepRulesSchema.shape[rule].safeParse(text === '' ? null : text);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? '');
}
