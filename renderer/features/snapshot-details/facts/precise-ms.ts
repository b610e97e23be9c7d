import { instantToNs } from '../../../../shared/domain/time.ts';

/** Milliseconds since the epoch with their fractions: pauses are shorter than what `Date` tells apart. */
export function preciseMs(instant: string): number {
  return Number(instantToNs(instant) / 1000n) / 1000;
}
