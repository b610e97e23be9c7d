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
  if (ns === latest.ns && offsetMinutes === latest.offsetMinutes) return latest.text;
  const text = (offsetMinutes === 0 ? encodeUsual(ns) : undefined) ?? encodeAny(ns, offsetMinutes);
  latest = { ns, offsetMinutes, text };
  return text;
}

/** 2^32 seconds. */
const usualEndNs = 2n ** 32n * nsPerSecond;
const long = new BigInt64Array(1);
const halves = new Uint32Array(long.buffer);

/** From 1970 to 2106 in UTC, without making a bigint on the way: a backup writes two of them for every file. */
function encodeUsual(ns: bigint): string | undefined {
  // Some filesystems keep times of more than 64 bits of nanoseconds: the array would drop what is above.
  if (ns < 0n || ns >= usualEndNs) return undefined;
  long[0] = ns;
  const [low = 0, high = 0] = halves;
  // The quotient of two rounded numbers may be wrong by one; what is left is exact in 32 bits and says so.
  let seconds = Math.floor((high * 2 ** 32 + low) / 1e9);
  let rest = (low - Math.imul(seconds | 0, 1e9)) | 0;
  if (rest < 0) {
    seconds -= 1;
    rest += 1e9;
  } else if (rest >= 1e9) {
    seconds += 1;
    rest -= 1e9;
  }
  return `${encodeSeconds(seconds)}${encodeFraction(rest)}Z`;
}

function encodeAny(ns: bigint, offsetMinutes: number): string {
  const local = offsetMinutes === 0 ? ns : ns + BigInt(offsetMinutes) * nsPerMinute;
  const clamped = local < earliestTimeNs ? earliestTimeNs : local > latestTimeNs ? latestTimeNs : local;
  const rest = Number(clamped % nsPerSecond);
  const fraction = rest < 0 ? rest + 1e9 : rest;
  const seconds = Number(clamped / nsPerSecond) - (rest < 0 ? 1 : 0);
  return `${encodeSeconds(seconds)}${encodeFraction(fraction)}${encodeOffset(offsetMinutes)}`;
}

function encodeFraction(ns: number): string {
  return ns === 0 ? '' : `.${withoutZeros(String(ns).padStart(9, '0'))}`;
}

/** Every node has several times, and two of them are nearly always equal. */
let latest = { ns: 0n, offsetMinutes: 0, text: '1970-01-01T00:00:00Z' };

const secondsPerDay = 86_400;
/** Dates by day: files of one tree are of few days. Begun anew when there are many. */
const dates = new Map<number, string>();
const mostDates = 4096;

function encodeSeconds(seconds: number): string {
  const day = Math.floor(seconds / secondsPerDay);
  let date = dates.get(day);
  if (date === undefined) {
    if (dates.size >= mostDates) dates.clear();
    date = new Date(day * secondsPerDay * 1000).toISOString().slice(0, 10);
    dates.set(day, date);
  }
  const within = seconds - day * secondsPerDay;
  return `${date}T${twoDigits(within / 3600)}:${twoDigits((within / 60) % 60)}:${twoDigits(within % 60)}`;
}

function twoDigits(value: number): string {
  const whole = Math.floor(value);
  return whole < 10 ? `0${whole}` : String(whole);
}

function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 48) end -= 1;
  return digits.slice(0, end);
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
