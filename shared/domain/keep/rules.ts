import { z } from 'zod';

/** How many to keep: a number, or all of them. */
const count = z.union([z.number().int().min(0).max(100_000), z.literal('all')]);

/** As restic writes durations of snapshots: `1y5m7d2h`, in this order; any part may be missing, one must be there. */
const within = z
  .string()
  .regex(/^(?=.)(\d{1,4}y)?(\d{1,4}m)?(\d{1,5}d)?(\d{1,6}h)?$/, 'a duration looks like 1y5m7d2h')
  .nullable();

/**
 * Which snapshots are kept, in the words and with the decisions of restic's `forget --keep-*`: newest first, one per
 * hour, day, ISO week, month or year while its count lasts, all within a duration of the newest, all with a tag. Rules
 * that are all empty keep everything.
 */
export const keepRulesSchema = z.object({
  last: count,
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  within,
  withinHourly: within,
  withinDaily: within,
  withinWeekly: within,
  withinMonthly: within,
  withinYearly: within,
  tags: z
    .array(
      z
        .string()
        .trim()
        .min(1)
        .max(100)
        .regex(/^[^,]+$/, 'a tag has no comma'),
    )
    .max(50),
});
export type KeepRules = z.infer<typeof keepRulesSchema>;

export const keepEverything: KeepRules = {
  last: 0,
  hourly: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  within: null,
  withinHourly: null,
  withinDaily: null,
  withinWeekly: null,
  withinMonthly: null,
  withinYearly: null,
  tags: [],
};

export const defaultKeepRules: KeepRules = { ...keepEverything, hourly: 24, daily: 30, monthly: 12, yearly: 'all' };

/** No rule says anything: nothing is deleted. A duration of nothing (`0d`) is no rule. */
export function keepsEverything(rules: KeepRules): boolean {
  const counts = [rules.last, rules.hourly, rules.daily, rules.weekly, rules.monthly, rules.yearly];
  return counts.every((each) => each === 0) && withinRules(rules).length === 0 && rules.tags.length === 0;
}

export const withinNames = [
  'within',
  'withinHourly',
  'withinDaily',
  'withinWeekly',
  'withinMonthly',
  'withinYearly',
] as const;
export type WithinName = (typeof withinNames)[number];

export interface KeepDuration {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

/** The rules that go by a duration, without those that say nothing. */
export function withinRules(rules: KeepRules): { readonly name: WithinName; readonly duration: KeepDuration }[] {
  return withinNames.flatMap((name) => {
    const duration = parseDuration(rules[name]);
    return duration === null ? [] : [{ name, duration }];
  });
}

function parseDuration(text: string | null): KeepDuration | null {
  const part = (unit: string): number => Number(new RegExp(`(\\d+)${unit}`).exec(text ?? '')?.[1] ?? 0);
  const duration = { years: part('y'), months: part('m'), days: part('d'), hours: part('h') };
  return Object.values(duration).every((each) => each === 0) ? null : duration;
}
