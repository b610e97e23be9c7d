import { StillpointError } from '../../../../shared/errors/index.ts';

/** How much there is to do, as counted before. */
export interface ExpectedWork {
  readonly entries: number;
  readonly bytes: number;
}

/** Shares of the budget before which a prediction would rest on too little. */
const earliestPrediction = 0.2;
/** One entry weighs as much as so many bytes: about 15 us at 0.3 ns a byte. */
const entryWeightBytes = 50_000;

/**
 * Watches a piece of work against the clock, and ends it when it is over its time or will be. It counts work, and reads
 * the clock: it waits for nothing and may be asked while writers are held.
 */
export class TimeBudget {
  readonly #startedAt = performance.now();
  readonly #budgetMs: number;
  readonly #expected: number;
  #done = 0;

  constructor(budgetMs: number, expected: ExpectedWork) {
    this.#budgetMs = budgetMs;
    this.#expected = expected.entries * entryWeightBytes + expected.bytes;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Throws `freeze-ended-early` when it will not be done in time: writers are let go before they have waited for nothing. */
  didEntry(): void {
    this.#add(entryWeightBytes);
  }

  didBytes(count: number): void {
    this.#add(count);
  }

  #add(weight: number): void {
    this.#done += weight;
    const elapsed = this.elapsedMs;
    if (elapsed > this.#budgetMs) throw tooSlow(this.#budgetMs);
    if (elapsed < this.#budgetMs * earliestPrediction) return;
    const predicted = elapsed * Math.max(1, this.#expected / this.#done);
    // The counted work is an estimate too: only a clear overrun is acted upon.
    if (predicted > this.#budgetMs * 1.25) throw tooSlow(this.#budgetMs);
  }
}

function tooSlow(budgetMs: number): StillpointError {
  return new StillpointError({
    kind: 'freeze-ended-early',
    message: `The copy could not be made within the ${Math.round(budgetMs)} ms that writers may be held.`,
    guidance: 'Allow a longer pause, leave out what is large, or back up live.',
    retryable: true,
  });
}
