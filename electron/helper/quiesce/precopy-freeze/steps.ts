import { coarseClockNs } from '../../system/coarse-clock.ts';
import { yieldToOthers } from '../../system/io-priority.ts';
import { type OpenWriters, scanOpenWritersInTurns } from '../../system/open-writers.ts';
import { probeWriters } from '../../system/writer-probe.ts';
import { type HoldSteps, holdSteps } from '../holding/hold-still.ts';
import { pause } from '../pause.ts';
import type { InsideSteps } from './frozen-delta.ts';
import { OpenedSince } from './opened-since.ts';

/** What the method is made of. Tests take single steps away, to see that nothing else makes up for them. */
export interface PrecopySteps extends HoldSteps, InsideSteps {
  /** Who can write without opening anything anew, right before the freeze. `device` as mountinfo has it. */
  readonly scanBefore: (device: string, signal: AbortSignal) => Promise<OpenWriters>;
  /** The same right after the thaw. */
  readonly scanAfter: (device: string, signal: AbortSignal) => Promise<OpenWriters>;
  /** Tells which files are opened around the hold. `fd` is of the filesystem. */
  readonly watchOpened: (fd: number) => OpenedSince;
  /** Lets everybody else go first, until what it gives is disposed of. */
  readonly yieldToOthers: () => Disposable;
  /** Times the start of a flush: the clock that stamps files. */
  readonly flushClock: typeof coarseClockNs;
  readonly pause: typeof pause;
}

export const precopySteps: PrecopySteps = {
  ...holdSteps,
  drain: (tracker) => tracker.drain(),
  probe: probeWriters,
  restats: true,
  scanBefore: scanOpenWritersInTurns,
  scanAfter: scanOpenWritersInTurns,
  watchOpened: (fd) => OpenedSince.on(fd),
  yieldToOthers: () => yieldToOthers('idle'),
  flushClock: coarseClockNs,
  pause,
};
