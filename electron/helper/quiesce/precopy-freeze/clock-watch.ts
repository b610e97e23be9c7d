import { StillpointError } from '../../../../shared/errors/index.ts';
import { wallClockNs } from '../ctime/granularity.ts';
import type { Picture, PictureVersion } from '../picture/contract.ts';
import type { LiveContents } from './live-contents.ts';

/** Two looks at clocks further apart than this say little of each other, ns. */
const closeNs = 5_000_000n;
const mostLooks = 8;

/** Per picture: how the clocks stood when its last version was marked. */
const lastKnown = new WeakMap<Picture, bigint>();

/**
 * Notices that the wall clock was set back. Which of two changes came first is told by ctimes, which are of that clock: what
 * is stored after a flush may then bear a ctime from before it. Set forward, as after sleep, it only makes old what is new.
 */
export class ClockWatch {
  readonly #picture: Picture;
  readonly #toleranceNs: bigint;
  #aheadNs: bigint;
  #base: PictureVersion | null;

  /** Steps within `toleranceNs` are within what is allowed for anyway. */
  constructor(picture: Picture, base: PictureVersion | null, toleranceNs: bigint) {
    this.#picture = picture;
    this.#toleranceNs = toleranceNs;
    this.#aheadNs = lastKnown.get(picture) ?? aheadOfSteadyNs();
    this.#base = this.#wasSetBack() ? null : base;
  }

  /** The version that a run counts from, as far as times can still tell what is older than it. */
  get base(): PictureVersion | null {
    return this.#base;
  }

  /**
   * Throws `freeze-ended-early` when it was set back since this was last asked, or since it began: what was read so far
   * shows by no flush any more to be unchanged. Waits for nobody: also for use while frozen.
   */
  require(contents: Pick<LiveContents, 'forgetFlushes'>): void {
    if (!this.#wasSetBack()) return;
    contents.forgetFlushes();
    this.#base = null;
    throw clockSetBack();
  }

  #wasSetBack(): boolean {
    const nowNs = aheadOfSteadyNs();
    const wasSet = nowNs < this.#aheadNs - this.#toleranceNs;
    if (wasSet || nowNs > this.#aheadNs) this.#aheadNs = nowNs;
    return wasSet;
  }

  /** A version of the picture was marked just now. */
  marked(): void {
    lastKnown.set(this.#picture, this.#aheadNs);
  }
}

/** How far the wall clock is ahead of the one that is never set. */
function aheadOfSteadyNs(): bigint {
  let best: { readonly aheadNs: bigint; readonly apartNs: bigint } | undefined;
  for (let look = 0; look < mostLooks; look += 1) {
    const before = process.hrtime.bigint();
    const wallNs = wallClockNs();
    const apartNs = process.hrtime.bigint() - before;
    if (best === undefined || apartNs < best.apartNs) best = { aheadNs: wallNs - before, apartNs };
    if (best.apartNs <= closeNs) break;
  }
  return best?.aheadNs ?? 0n;
}

function clockSetBack(): StillpointError {
  return new StillpointError({
    kind: 'freeze-ended-early',
    message:
      'The clock of this machine was set back meanwhile, so nothing read before shows by its times to be unchanged.',
    guidance: 'This attempt is dropped, and files that programs have open are read again.',
    retryable: true,
  });
}
