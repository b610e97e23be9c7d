import { bind, check } from './libc.ts';

/** linux/time.h */
const CLOCK_REALTIME_COARSE = 5;
const clockGettime = bind<(clock: number, into: Uint8Array) => number>('int clock_gettime(int, void *)');
const clockGetres = bind<(clock: number, into: Uint8Array) => number>('int clock_getres(int, void *)');

/**
 * Step of the clock that stamps files where no finer one is used (multigrain timestamps, Linux 6.13, are never coarser
 * than this), in nanoseconds: one kernel tick, 1 to 10 ms.
 */
export function coarseClockStepNs(): bigint {
  const time = Buffer.alloc(16);
  check(clockGetres(CLOCK_REALTIME_COARSE, time), 'clock_getres');
  return time.readBigInt64LE(0) * 1_000_000_000n + time.readBigInt64LE(8);
}

const time = Buffer.alloc(16);

/**
 * That clock now, nanoseconds since the epoch: what is stamped later, by any processor, is stamped with this or more, less
 * what its filesystem drops. Source: clock_gettime(2), CLOCK_REALTIME_COARSE.
 */
export function coarseClockNs(): bigint {
  check(clockGettime(CLOCK_REALTIME_COARSE, time), 'clock_gettime');
  return time.readBigInt64LE(0) * 1_000_000_000n + time.readBigInt64LE(8);
}
