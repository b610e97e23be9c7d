import type { SourceId } from '../../../shared/domain/ids.ts';
import { instantToMs, msToInstant } from '../../../shared/domain/time.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';
import type { Clock, HelperCalls } from './ports.ts';

export type Bands = Lane['staticBands'];

/** As long as the helper keeps them. */
const keptMs = 60 * 24 * 3_600_000;
/** The helper looks once a minute: asked again sooner, it says the same. */
const freshMs = 20_000;

/** When sources were seen to be quiet, as the helper saw it. While it is away, what it last said. */
export class QuietTimes {
  readonly #helper: HelperCalls;
  readonly #now: Clock;
  #known: ReadonlyMap<SourceId, Bands> = new Map();
  #asked: Promise<void> | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(helper: HelperCalls, now: Clock) {
    this.#helper = helper;
    this.#now = now;
  }

  /** Never rejects. */
  async get(): Promise<ReadonlyMap<SourceId, Bands>> {
    const now = this.#now();
    if (this.#asked === null && Math.abs(now - this.#askedAt) >= freshMs) {
      this.#askedAt = now;
      this.#asked = this.#ask(now).finally(() => {
        this.#asked = null;
      });
    }
    await this.#asked;
    return this.#known;
  }

  async #ask(now: number): Promise<void> {
    try {
      const told = await this.#helper.call('quiet.windows', { since: msToInstant(now - keptMs) });
      this.#known = new Map(
        told.map(({ sourceId, windows }) => [
          sourceId,
          windows.map(({ from, to }) => ({ from: instantToMs(from), to: instantToMs(to) })),
        ]),
      );
    } catch {
      // An earlier helper, or none: nothing new is claimed.
    }
  }
}
