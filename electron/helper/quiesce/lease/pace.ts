import { StillpointError } from '../../../../shared/errors/index.ts';
import { pause } from '../pause.ts';

/** Writers get twenty times as long as they were held, and a second at least. */
const restFactor = 20;
const shortestRestMs = 1_000;
/** After a freeze that took longer than it was given, ms. */
const overrunRestMs = 10 * 60_000;
/** What a run waits for its turn, ms; two sources of one filesystem are often backed up one after the other. */
const longestWaitMs = 30_000;

/** How long one freeze made writers wait. */
export interface PastFreeze {
  /** Milliseconds. */
  readonly stallMs: number;
  /** It ended later than its lease allowed, or only because that was over. */
  readonly isOverrun: boolean;
}

/**
 * Sees that freezes of one filesystem do not follow each other too closely, whoever asks for them: writers have to get
 * on. Kept in memory: a helper that is started again knows nothing of those before.
 */
export class FreezePace {
  readonly #now: () => number;
  readonly #wait: typeof pause;
  readonly #rests = new Map<string, { readonly untilMs: number; readonly isOverrun: boolean }>();

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now(), wait: typeof pause = pause) {
    this.#now = now;
    this.#wait = wait;
  }

  note(filesystem: string, { stallMs, isOverrun }: PastFreeze): void {
    const restMs = Math.max(isOverrun ? overrunRestMs : shortestRestMs, stallMs * restFactor);
    this.#rests.set(filesystem, { untilMs: this.#now() + restMs, isOverrun });
  }

  /** Milliseconds until the filesystem may be held again. */
  restMs(filesystem: string): number {
    return Math.max(0, (this.#rests.get(filesystem)?.untilMs ?? 0) - this.#now());
  }

  /**
   * Resolves when it may be held again. Rejects with `freeze-refused` where that would take long, and with `cancelled`.
   * `onWait` is told once, in milliseconds, when there is something to wait for.
   */
  async turn(filesystem: string, where: string, signal: AbortSignal, onWait: (ms: number) => void): Promise<void> {
    let isTold = false;
    for (let rest = this.restMs(filesystem); rest > 0; rest = this.restMs(filesystem)) {
      if (rest > longestWaitMs) throw this.#refused(filesystem, where, rest);
      if (!isTold) onWait(rest);
      isTold = true;
      await this.#wait(Math.ceil(rest), signal);
    }
  }

  #refused(filesystem: string, where: string, restMs: number): StillpointError {
    const rest = restMs < 90_000 ? `${Math.ceil(restMs / 1000)} s` : `${Math.ceil(restMs / 60_000)} minutes`;
    return new StillpointError({
      kind: 'freeze-refused',
      message: this.#rests.get(filesystem)?.isOverrun
        ? `Writers on ${where} waited longer than allowed a while ago, so it is not held still for another ${rest}.`
        : `${where} was held still a moment ago and is left in peace for another ${rest}.`,
      guidance: 'Nothing was held still. The next run tries again.',
      retryable: true,
      context: { where },
    });
  }
}
