import type { Backend } from '../contract.ts';
import { atMost } from './at-most.ts';
import { cancellable } from './cancel.ts';
import { type Buckets, rateLimited } from './rate-limit.ts';
import { type RetryPolicy, type RetrySurroundings, realSurroundings, retrying } from './retry.ts';
import { timingOut } from './timeout.ts';
import { readingWhole } from './whole.ts';

export interface Decorations {
  /** Nothing moves for so long: the call is given up and made again, ms. */
  readonly silenceMs: number;
  readonly retries: RetryPolicy;
  /** Calls at a time, one about locks aside. */
  readonly callsAtOnce: number;
  /** Shared by all that use the same line. */
  readonly buckets?: Buckets | undefined;
  readonly surroundings?: RetrySurroundings;
}

/**
 * A place on a line that may fail, from the outside to the inside; each order has its reason.
 * - Cancelling is outermost: whoever gives up is free at once, wherever the call is.
 * - Reading whole is around the retries: what arrived changed is no failure of the line, and each reading may be retried.
 * - Retries are around the slots: a call that waits to be made again holds none.
 * - Slots are around the limit and the silence: a call that waits for its slot is not silent, and takes nothing of the limit.
 * - The limit is around the silence: waiting for it is no silence of the place, which is listened to piece by piece.
 */
export function decorated(
  place: Backend,
  { silenceMs, retries, callsAtOnce, buckets, surroundings = realSurroundings }: Decorations,
): Backend {
  const timed = timingOut(place, silenceMs);
  const limited = buckets ? rateLimited(timed, buckets) : timed;
  return cancellable(readingWhole(retrying(atMost(limited, callsAtOnce), retries, surroundings)));
}
