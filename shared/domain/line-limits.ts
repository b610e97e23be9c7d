import { z } from 'zod';
import { timeWindowSchema, weekdays } from './schedule/schedule.ts';
import { windowBands } from './schedule/windows.ts';

/** Seen from this computer: `upload` is what backups send, `download` what restores and checks fetch. */
export const lineDirections = ['upload', 'download'] as const;
export type LineDirection = (typeof lineDirections)[number];

const kibibyte = 1024;
/** A pack of 16 MiB takes half an hour at this; slower ones would outlive a server’s patience. */
const slowest = 8 * kibibyte;

/** How fast content may move in one direction, always or at some hours of the wall clock. */
export const lineLimitSchema = z.object({
  direction: z.enum(lineDirections, 'a limit is one of upload or of download'),
  bytesPerSecond: z
    .number()
    .int('a limit is a whole number of bytes per second')
    .min(slowest, 'a limit is at least 8 KiB/s: below that hardly a backup ends')
    .max(1e12, 'a limit this high is none'),
  /** Left out: always. */
  window: timeWindowSchema.optional(),
});
export type LineLimit = z.infer<typeof lineLimitSchema>;

/** Of one repository. Where several hold at once, the lowest counts; where none holds there is no limit. */
export const lineLimitsSchema = z.array(lineLimitSchema).max(20, 'there are at most 20 limits');
export type LineLimits = z.infer<typeof lineLimitsSchema>;

/** Bytes per second that may move at an instant, milliseconds since 1970, by the wall clock of `zone`; null for no limit. */
export function rateAt(limits: LineLimits, direction: LineDirection, atMs: number, zone: string): number | null {
  const rates = limits
    .filter((limit) => limit.direction === direction)
    .filter(({ window }) => window === undefined || windowBands([window], atMs, atMs + 1, zone).length > 0)
    .map(({ bytesPerSecond }) => bytesPerSecond);
  return rates.length === 0 ? null : Math.min(...rates);
}

const units = [
  ['GiB/s', kibibyte ** 3],
  ['MiB/s', kibibyte ** 2],
  ['KiB/s', kibibyte],
] as const;

/** As it is typed: `500 KiB/s`. Whole units only, so that it reads back as the same number. */
export function rateText(bytesPerSecond: number): string {
  const [unit, size] = units.find(([, each]) => bytesPerSecond % each === 0) ?? ['B/s', 1];
  return `${bytesPerSecond / size} ${unit}`;
}

/** Bytes per second of `500KiB/s`, `2 MiB/s`, `1.5M`; undefined where it is not understood. */
export function parseRate(text: string): number | undefined {
  const found = /^(\d{1,12}(?:\.\d{1,3})?)\s*(?:([kmg])(?:i?b)?|b)(?:\/s)?$/i.exec(text.trim());
  if (!found) return undefined;
  const exponent = { k: 1, m: 2, g: 3 }[found[2]?.toLowerCase() ?? ''] ?? 0;
  return Math.round(Number(found[1]) * kibibyte ** exponent);
}

/** `upload 500 KiB/s mon,tue 08:00-18:00`: for people, and as it is typed. */
export function limitText({ direction, bytesPerSecond, window }: LineLimit): string {
  const rate = rateText(bytesPerSecond).replace(' ', '');
  if (window === undefined) return `${direction} ${rate}`;
  const days = weekdays.filter((day) => window.days.includes(day));
  const when = days.length === weekdays.length ? '' : `${days.join(',')} `;
  return `${direction} ${rate} ${when}${window.from}-${window.to}`;
}
