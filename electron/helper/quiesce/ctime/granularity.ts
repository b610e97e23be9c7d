import { coarseClockStepNs } from '../../system/coarse-clock.ts';

/** 100 ticks a second is the slowest clock Linux is built with. */
const slowestTickNs = 10_000_000n;
/** ext4 with 128-byte inodes and other old formats keep whole seconds; FAT keeps two. */
const wholeSecondsNs = 2_000_000_000n;
const secondNs = 1_000_000_000n;

/** Two changes closer together than this may bear the same ctime. Never less than one tick of the slowest kernel. */
export function tickNs(): bigint {
  const step = coarseClockStepNs();
  return step > slowestTickNs ? step : slowestTickNs;
}

/**
 * One processor moves the clock that stamps files. Where that one is held up (a busy host of virtual machines), the clock
 * lags, and changes seem older than they are: by no more than a few ticks, or nothing here could be said at all.
 */
const lagNs = 30_000_000n;

/** How old a change must seem so that it is older than this moment beyond doubt. */
export function doubtNs(): bigint {
  return tickNs() + lagNs;
}

/** True for a ctime that looks as if its filesystem dropped everything below a second. One true one in 10^9 does too. */
export function isWholeSecond(ctimeNs: bigint): boolean {
  return ctimeNs % secondNs === 0n;
}

/** How much later than this ctime another change may have been made without moving it. */
export function granularityOf(ctimeNs: bigint, tick: bigint): bigint {
  return isWholeSecond(ctimeNs) ? wholeSecondsNs : tick;
}

/** Wall clock in ns, rounded down to a millisecond: where it is compared with a ctime, down is the safe side. */
export function wallClockNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
