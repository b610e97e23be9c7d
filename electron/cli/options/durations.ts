import { usage } from './usage.ts';

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `90m`, `2h`, `1d12h`: milliseconds. Throws `wrong-usage` that names the option. */
export function parseDuration(text: string, option: string): number {
  if (/^(\d{1,6}[wdhms])+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
    return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
  }
  throw usage(option, `"${text}" is no length of time.`, 'Write it like 20m, 2h or 1d12h.');
}

/** In whole units; what is between two of them is refused rather than rounded. */
export function parseIn(unit: 'minutes' | 'hours', text: string, option: string): number {
  const size = unit === 'minutes' ? units.m : units.h;
  const count = parseDuration(text, option) / size;
  if (Number.isInteger(count)) return count;
  throw usage(option, `"${text}" is no whole number of ${unit}.`, `Write it in ${unit}.`);
}
