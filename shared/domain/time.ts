import { z } from 'zod';

/** RFC 3339 in UTC (`Z`), any precision up to nanoseconds. Fixed-width years, so text order of equal precision is time order. */
export const instantSchema = z.iso.datetime();
export type Instant = string;

/** Milliseconds since the epoch; digits below a millisecond are dropped. */
export function instantToMs(instant: Instant): number {
  return Date.parse(instant.replace(/(\.\d{3})\d+/, '$1'));
}

export function msToInstant(ms: number): Instant {
  return new Date(ms).toISOString();
}

/** `1763604003412000123n` -> `2025-11-20T02:00:03.412000123Z`. Nanoseconds since the epoch, not negative. */
export function nsToInstant(ns: bigint): Instant {
  const seconds = ns / 1_000_000_000n;
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

export function instantToNs(instant: Instant): bigint {
  const match = /^([^.]+?)(?:\.(\d{1,9})\d*)?Z$/.exec(instant);
  const whole = match?.[1];
  if (whole === undefined) throw new RangeError(`not an RFC 3339 instant in UTC: ${instant}`);
  const fraction = (match?.[2] ?? '').padEnd(9, '0');
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction);
}
