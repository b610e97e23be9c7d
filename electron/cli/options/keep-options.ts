import { Option } from 'commander';
import { type KeepRules, keepEverything, keepRulesSchema } from '../../../shared/domain/keep/rules.ts';
import { checked } from './schedule-options.ts';
import { usage } from './usage.ts';

export interface KeepOptions {
  readonly keepLast?: string;
  readonly keepHourly?: string;
  readonly keepDaily?: string;
  readonly keepWeekly?: string;
  readonly keepMonthly?: string;
  readonly keepYearly?: string;
  readonly keepWithin?: string;
  readonly keepWithinHourly?: string;
  readonly keepWithinDaily?: string;
  readonly keepWithinWeekly?: string;
  readonly keepWithinMonthly?: string;
  readonly keepWithinYearly?: string;
  readonly keepTag?: readonly string[];
  readonly keepAll?: boolean;
}

const counts = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
const withins = ['', '-hourly', '-daily', '-weekly', '-monthly', '-yearly'] as const;

const periods: Readonly<Record<string, string>> = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
};

/** restic's names and meaning. Where any is given, what is kept is exactly what is given. */
export const keepOptions: readonly Option[] = [
  ...counts.map(
    (name) =>
      new Option(
        `--keep-${name} <n>`,
        name === 'last' ? 'keep the last n' : `keep one per ${periods[name]} for n of them; "all" for ever`,
      ),
  ),
  ...withins.map(
    (name) =>
      new Option(
        `--keep-within${name} <time>`,
        `keep ${name === '' ? 'all' : `one per ${periods[name.slice(1)]}`} within, like 1y5m7d2h`,
      ),
  ),
  new Option('--keep-tag <tags...>', 'keep what has one of these tags'),
  new Option('--keep-all', 'delete nothing by itself'),
];

/** Undefined when nothing of it was said. */
export function keepFrom(options: KeepOptions): KeepRules | undefined {
  const { keepTag, keepAll } = options;
  const given = [
    ...counts.map((name) => [name, options[keyOf('keep', name)], parseCount] as const),
    ...withins.map(
      (name) => [keyOf('within', name.slice(1)), options[keyOf('keepWithin', name.slice(1))], asIs] as const,
    ),
  ].filter(([, value]) => value !== undefined);
  if (keepAll === true) {
    if (given.length === 0 && keepTag === undefined) return keepEverything;
    throw usage('--keep-all', 'Everything is kept already.', 'Use --keep-all alone, or the other --keep options.');
  }
  if (given.length === 0 && keepTag === undefined) return undefined;
  const rules = Object.fromEntries(
    given.map(([field, value, parse]) => [field, parse(String(value), optionOf(field))]),
  );
  const names = Object.fromEntries([...given.map(([field]) => [field, optionOf(field)]), ['tags', '--keep-tag']]);
  return checked(keepRulesSchema, { ...keepEverything, ...rules, tags: [...(keepTag ?? [])] }, names);
}

function keyOf(start: string, name: string): keyof KeepOptions {
  return `${start}${name.charAt(0).toUpperCase()}${name.slice(1)}` as keyof KeepOptions;
}

/** `withinDaily`: `--keep-within-daily`. */
function optionOf(field: string): string {
  return `--keep-${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function parseCount(text: string, option: string): number | 'all' {
  if (text === 'all') return 'all';
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw usage(option, `"${text}" is no count.`, 'Use a whole number, or "all".');
}

function asIs(text: string): string {
  return text;
}
