import type { SourceId } from '../../../shared/domain/ids.ts';
import type { Stretch } from '../../../shared/domain/static-windows.ts';
import { type Instant, instantToMs, msToInstant } from '../../../shared/domain/time.ts';
import { usualQuiet } from '../../../shared/domain/usual-quiet.ts';
import type { QuietRecord } from '../../../shared/ipc/schedule.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';
import type { Clock, HelperCalls } from './ports.ts';

export type Bands = Lane['staticBands'];

interface Known {
  readonly quiet: Bands;
  readonly watched: Bands;
}

/** As long as the helper keeps them. */
const keptMs = 60 * 24 * 3_600_000;
/** The helper looks once a minute: asked again sooner, it says the same. */
const freshMs = 20_000;

/** When sources were seen to be quiet, as the helper saw it. While it is away, what it last said. */
export class QuietTimes {
  readonly #helper: HelperCalls;
  readonly #now: Clock;
  #known: ReadonlyMap<SourceId, Known> = new Map();
  #asked: Promise<void> | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(helper: HelperCalls, now: Clock) {
    this.#helper = helper;
    this.#now = now;
  }

  /** Never rejects. */
  async get(): Promise<ReadonlyMap<SourceId, Bands>> {
    await this.#refresh();
    return new Map([...this.#known].map(([id, { quiet }]) => [id, quiet]));
  }

  /** What is known of one source's quiet, and how far it was watched. Never rejects. */
  async of(id: SourceId): Promise<QuietRecord> {
    await this.#refresh();
    const { quiet = [], watched = [] } = this.#known.get(id) ?? {};
    const usual = usualQuiet(quiet.map(asStretch), watched.map(asStretch), this.#now());
    return { usual, watchedUntil: watched.at(-1)?.to ?? null };
  }

  async #refresh(): Promise<void> {
    const now = this.#now();
    if (this.#asked === null && Math.abs(now - this.#askedAt) >= freshMs) {
      this.#askedAt = now;
      this.#asked = this.#ask(now).finally(() => {
        this.#asked = null;
      });
    }
    await this.#asked;
  }

  async #ask(now: number): Promise<void> {
    try {
      const told = await this.#helper.call('quiet.windows', { since: msToInstant(now - keptMs) });
      this.#known = new Map(
        told.map(({ sourceId, windows, watched = [] }) => [
          sourceId,
          { quiet: windows.map(asBand), watched: watched.map(asBand) },
        ]),
      );
    } catch {
      // An earlier helper, or none: nothing new is claimed.
    }
  }
}

function asBand({ from, to }: { readonly from: Instant; readonly to: Instant }): Bands[number] {
  return { from: instantToMs(from), to: instantToMs(to) };
}

function asStretch({ from, to }: Bands[number]): Stretch {
  return { fromMs: from, toMs: to };
}
