import type { Backend, CallOptions } from '../contract.ts';
import { around } from './around.ts';
import { untilAborted } from './cancel.ts';
import { transientError } from './transient.ts';

/**
 * Ends a call in which nothing moved for `silenceMs`. A slow line is no reason to stop, a silent one is: the whole of a
 * call may take any time. Waiting for `pace` of the caller (a rate limit) is no silence of the place.
 */
export function timingOut(inner: Backend, silenceMs: number): Backend {
  return around(inner, async ({ options }, run) => {
    const silent = new AbortController();
    const clock = new SilenceClock(silenceMs, () => silent.abort(silence(inner.location, silenceMs)));
    const pace = async (bytes: number): Promise<void> => {
      clock.pause();
      try {
        await options.pace?.(bytes);
      } finally {
        clock.resume();
      }
    };
    const signal = options.signal ? AbortSignal.any([options.signal, silent.signal]) : silent.signal;
    clock.start();
    try {
      const own: CallOptions = { signal, pace };
      return await untilAborted(signal, () => run(own));
    } finally {
      clock.close();
    }
  });
}

class SilenceClock {
  readonly #ms: number;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** Several pieces of one call may wait at once. */
  #pauses = 0;
  #isClosed = false;

  constructor(ms: number, ring: () => void) {
    this.#ms = ms;
    this.#ring = ring;
  }

  start(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(this.#ring, this.#ms);
  }

  pause(): void {
    this.#pauses += 1;
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.#pauses === 0) this.start();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}

function silence(location: string, silenceMs: number): Error {
  return transientError({
    message: `${location} did not answer for ${Math.round(silenceMs / 1000)} seconds.`,
    guidance: 'Check the network and whether the server runs. What was already stored is kept.',
    context: { location, silenceMs },
  });
}
