import { damaged } from '../failures.ts';

const nsPerSecond = 1_000_000_000n;
const nsPerMinute = 60n * nsPerSecond;
const pattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** First and last instant RFC 3339 can say (years 0000 to 9999), in nanoseconds since 1970 UTC. */
export const earliestTimeNs = BigInt(Date.parse('0000-01-01T00:00:00Z')) * 1_000_000n;
export const latestTimeNs = BigInt(Date.parse('9999-12-31T23:59:59Z')) * 1_000_000n + 999_999_999n;

/**
 * Nanoseconds since 1970 UTC as RFC 3339 on the wall clock `offsetMinutes` east of UTC, without trailing zeros in the
 * fraction (as Go's RFC3339Nano). An instant outside the years 0000 to 9999 is clamped: a filesystem can hold such times,
 * the format cannot.
 */
export function encodeTime(ns: bigint, offsetMinutes = 0): string {
  const local = ns + BigInt(offsetMinutes) * nsPerMinute;
  const clamped = local < earliestTimeNs ? earliestTimeNs : local > latestTimeNs ? latestTimeNs : local;
  const fraction = ((clamped % nsPerSecond) + nsPerSecond) % nsPerSecond;
  const seconds = Number((clamped - fraction) / nsPerSecond);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const zone = encodeOffset(offsetMinutes);
  if (fraction === 0n) return `${whole}${zone}`;
  return `${whole}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}${zone}`;
}

function encodeOffset(minutes: number): string {
  if (minutes === 0) return 'Z';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** Minutes east of UTC of the wall clock a time was written by; 0 for UTC. The time is one that `decodeTime` takes. */
export function decodeOffset(value: unknown): number {
  const [, , , sign, hours = '0', minutes = '0'] = (typeof value === 'string' && pattern.exec(value)) || [];
  const east = Number(hours) * 60 + Number(minutes);
  return sign === '-' && east > 0 ? -east : east;
}

/** Inverse of `encodeTime`; any offset is accepted. Digits below a nanosecond are dropped. */
export function decodeTime(value: unknown, where: string, what?: string): bigint {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  const wholeMs = match ? Date.parse(`${match[1]}Z`) : Number.NaN;
  if (!match || Number.isNaN(wholeMs)) throw damaged(`${what ? `${where}, ${what},` : where} is not an RFC 3339 time.`);
  const [, , fraction = '', sign, hours = '0', minutes = '0'] = match;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return BigInt(wholeMs - offsetMs) * 1_000_000n + BigInt(Number(fraction.padEnd(9, '0')));
}
