import { StillpointError } from '../../../../shared/errors/index.ts';
import { pause } from '../pause.ts';
import { ownMemory, type PaceMemory } from './pace-memory.ts';

/** Writers get twenty times as long as they were held, and a second at least. */
const restFactor = 20;
const shortestRestMs = 1_000;
/** After a freeze that took longer than it was given, ms. */
const overrunRestMs = 10 * 60_000;
/** No freeze asks for more: what says so is of another clock. */
const longestRestMs = 30 * 60_000;
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
 * on. What is known beyond one helper is the memory's business.
 */
export class FreezePace {
  readonly #now: () => number;
  readonly #wait: typeof pause;
  readonly #memory: PaceMemory;

  /** `now`: milliseconds of a clock that never goes back and that is the same for all who share the memory. */
  constructor(now: () => number = sinceBoot, wait: typeof pause = pause, memory: PaceMemory = ownMemory()) {
    this.#now = now;
    this.#wait = wait;
    this.#memory = memory;
  }

  note(filesystem: string, { stallMs, isOverrun }: PastFreeze): void {
    const restMs = Math.max(isOverrun ? overrunRestMs : shortestRestMs, stallMs * restFactor);
    this.#memory.keep(filesystem, { untilMs: this.#now() + Math.min(restMs, longestRestMs), isOverrun });
  }

  /** Milliseconds until the filesystem may be held again. */
  restMs(filesystem: string): number {
    const restMs = (this.#memory.restOf(filesystem)?.untilMs ?? 0) - this.#now();
    return restMs > longestRestMs ? 0 : Math.max(0, restMs);
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
      message: this.#memory.restOf(filesystem)?.isOverrun
        ? `Writers on ${where} waited longer than allowed a while ago, so it is not held still for another ${rest}.`
        : `${where} was held still a moment ago and is left in peace for another ${rest}.`,
      guidance: 'Nothing was held still. The next run tries again.',
      retryable: true,
      context: { where },
    });
  }
}

/** The clock of the system that only counts, not that of a process. */
function sinceBoot(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
