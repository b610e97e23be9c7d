import { Option } from 'commander';
import { type ConsistencyLevel, consistencyLevelSchema } from '../../../shared/domain/level.ts';
import { defaultLongestStallMs, type Policy, policySchema } from '../../../shared/domain/policy.ts';
import { type KeepOptions, keepFrom, keepOptions } from './keep-options.ts';
import {
  conditionsFrom,
  lateAfterFrom,
  type ScheduleOptions,
  scheduleFrom,
  scheduleOptions,
} from './schedule-options.ts';
import { type StillOptions, stillFrom, stillOptions } from './still-options.ts';
import { usage } from './usage.ts';

export interface PolicyOptions extends ScheduleOptions, StillOptions, KeepOptions {
  readonly longestStall?: string;
  readonly level?: string;
  readonly readLimit?: string;
}

export const holdingOptions: readonly Option[] = [
  new Option('--longest-stall <ms>', 'the longest pause writers may be asked to accept, in milliseconds'),
  new Option('--level <level>', 'the weakest consistency level that is good enough; without it what can be reached'),
  new Option(
    '--read-limit <MiB/s>',
    'read files no faster than this while programs go on, or "none"; what is read while they are held is not slowed down',
  ),
  ...stillOptions,
];

export const policyOptions: readonly Option[] = [...holdingOptions, ...scheduleOptions, ...keepOptions];

/** `before` with what was said changed. */
export function policyFrom(options: PolicyOptions, before: Policy): Policy {
  const { level, longestStall, readLimit } = options;
  const lateAfterHours = lateAfterFrom(options);
  return {
    ...before,
    requiredLevel: level === undefined ? before.requiredLevel : parseLevel(level),
    longestStallMs: longestStall === undefined ? before.longestStallMs : parseMilliseconds(longestStall),
    liveReadMiBps: readLimit === undefined ? before.liveReadMiBps : parseReadLimit(readLimit),
    still: stillFrom(options, before.still),
    schedule: scheduleFrom(options) ?? before.schedule,
    conditions: conditionsFrom(options, before.conditions),
    keep: keepFrom(options) ?? before.keep,
    ...(lateAfterHours === undefined ? {} : { lateAfterHours }),
  };
}

function parseLevel(text: string): ConsistencyLevel {
  const level = consistencyLevelSchema.safeParse(text);
  if (level.success) return level.data;
  const levels = consistencyLevelSchema.options.join(', ');
  throw usage('--level', `"${text}" is no consistency level.`, `Use one of ${levels}.`);
}

function parseReadLimit(text: string): number | null {
  if (text === 'none') return null;
  const limit = Number(text);
  if (/^\d{1,6}$/.test(text) && policySchema.shape.liveReadMiBps.safeParse(limit).success) return limit;
  throw usage(
    '--read-limit',
    `"${text}" is not a number of MiB a second from 1 to 100000.`,
    'Use none to read as fast as possible.',
  );
}

function parseMilliseconds(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 60_000) return Number(text);
  throw usage(
    '--longest-stall',
    `"${text}" is not a number of milliseconds from 1 to 60000.`,
    `Leave it out for ${defaultLongestStallMs}.`,
  );
}
