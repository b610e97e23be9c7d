import { type Instant, instantToNs } from '../../../shared/domain/time.ts';

/** Milliseconds since the epoch, to the microsecond: what a double holds of an instant without rounding noise. */
export function exactMs(instant: Instant): number {
  return Number(instantToNs(instant) / 1_000n) / 1_000;
}

/** Microseconds since the epoch. */
export function exactUs(instant: Instant): number {
  return Number(instantToNs(instant) / 1_000n);
}

export function usToInstant(us: number): Instant {
  const fraction = String(((us % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  return `${new Date(Math.floor(us / 1_000_000) * 1_000).toISOString().slice(0, 19)}.${fraction}Z`;
}
