import { formatNumber } from './numbers.ts';

const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;
const space = '\u00a0';

/** How long something took, exact enough to compare: `0.42 ms`, `11.8 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0.0005) return `0${space}ms`;
  if (ms < 1) return `${formatNumber(ms, 3)}${space}ms`;
  if (ms < 100) return `${formatNumber(ms, ms < 10 ? 2 : 1)}${space}ms`;
  if (ms < 999.5) return `${formatNumber(ms)}${space}ms`;
  if (ms < 9_950) return `${formatNumber(ms / 1000, 1)}${space}s`;
  if (ms < 59_500) return `${formatNumber(ms / 1000)}${space}s`;
  if (ms < hour) return pair(ms, minute, 'min', 1000, 's');
  if (ms < day) return pair(ms, hour, 'h', minute, 'min');
  return pair(ms, day, 'd', hour, 'h');
}

/** Time left, coarse on purpose: a guess told to the second jumps. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 10) return `${formatNumber(Math.max(1, Math.ceil(seconds)))}${space}s`;
  if (seconds < 55) return `${formatNumber(Math.ceil(seconds / 10) * 10)}${space}s`;
  if (seconds < 3_570) return `${formatNumber(Math.max(1, Math.round(seconds / 60)))}${space}min`;
  return pair(seconds * 1000, hour, 'h', 10 * minute, 'min', 10);
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string, factor = 1): string {
  const smalls = Math.round(ms / small);
  const perBig = Math.round(big / small);
  const rest = (smalls % perBig) * factor;
  const head = `${formatNumber(Math.floor(smalls / perBig))}${space}${bigUnit}`;
  return rest === 0 ? head : `${head}${space}${formatNumber(rest)}${space}${smallUnit}`;
}
