import { setTimeout as sleep } from 'node:timers/promises';
import { localZone } from '../../../../shared/domain/keep/wall-clock.ts';
import { type LineDirection, type LineLimits, rateAt } from '../../../../shared/domain/line-limits.ts';
import { type Buckets, TokenBucket } from '../../repository/index.ts';

/** Limits are looked up again after so long, ms: what is changed, and a window that begins, holds soon and is asked rarely. */
const believedMs = 1_000;

export interface LineClock {
  /** Monotonic, milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly zone: () => string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const systemLineClock: LineClock = {
  nowMs: () => performance.now(),
  wallMs: Date.now,
  zone: localZone,
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal ? { signal } : {});
  },
};

/** What may move to and from a place, by the limits that `limits` gives now and the wall clock; without any nothing waits. */
export function lineBuckets(limits: () => LineLimits, clock: LineClock = systemLineClock): Buckets {
  const bucketOf = (direction: LineDirection): TokenBucket => {
    let known: { readonly untilMs: number; readonly rate: number | null } | undefined;
    const rate = (): number | null => {
      const now = clock.nowMs();
      if (known === undefined || now >= known.untilMs) {
        const current = limits();
        const asked = current.length === 0 ? null : rateAt(current, direction, clock.wallMs(), clock.zone());
        known = { untilMs: now + believedMs, rate: asked };
      }
      return known.rate;
    };
    return new TokenBucket(rate, clock);
  };
  return { upload: bucketOf('upload'), download: bucketOf('download') };
}
