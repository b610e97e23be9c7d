import type { Hold } from '../../../../shared/domain/evidence.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import type { FreezeTimes, ThawCause } from '../guard/index.ts';

/** When the reading was done, by CLOCK_MONOTONIC (process.hrtime.bigint()), ns. */
export interface ReadingTimes {
  readonly startedNs: bigint;
  readonly finishedNs: bigint;
}

/**
 * The record of a freeze that was still in force when its thaw was asked for. `reading`: when everything the snapshot
 * holds was read; null where some of it was read before.
 */
export function holdRecord(
  times: FreezeTimes,
  cause: ThawCause,
  leaseMs: number,
  reading: ReadingTimes | null,
  read: { readonly files: number; readonly bytes: number },
): Hold {
  const { stall, frozen } = times;
  return {
    requestedAt: nsToInstant(stall.from.wallNs),
    frozenAt: nsToInstant(frozen.from.wallNs),
    thawRequestedAt: nsToInstant(frozen.to.wallNs),
    thawedAt: nsToInstant(stall.to.wallNs),
    stallMs: Number(stall.to.monotonicNs - stall.from.monotonicNs) / 1e6,
    leaseMs,
    thawCause: thawCauseOf(cause),
    thawConfirmed: true,
    readInside:
      reading !== null && reading.startedNs >= frozen.from.monotonicNs && reading.finishedNs <= frozen.to.monotonicNs,
    filesInside: read.files,
    bytesInside: read.bytes,
  };
}

/** Witness and helper thaw on our command too, when the guard cannot; their own deadlines count as theirs. */
function thawCauseOf(cause: ThawCause): Hold['thawCause'] {
  switch (cause) {
    case 'command':
    case 'deadline':
    case 'end-of-file':
      return cause;
    default:
      return 'other';
  }
}
