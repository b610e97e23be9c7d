/** A clean look is believed for so long, ns: a disk may have been used, and a run have died, at another computer. */
const believedNs = 60n * 60n * 1_000_000_000n;

/** What may have changed since a look, each as a number that never comes back to a former value. */
export interface Signs {
  /** Runs of ours that failed. */
  readonly failures: number;
  /** Locks of others that were seen. */
  readonly others: number;
}

/**
 * When packs are looked for that no index lists. All files of a place are listed for that: on a line or an object store it costs
 * more than the rest of a backup that finds nothing new. Looked for at first use, and again when something says that a run may
 * have been interrupted, here or by somebody else; an hour later in any case.
 */
export class WatchForLeft {
  readonly #nowNs: () => bigint;
  #cleanAtNs: bigint | undefined;
  #signs: Signs = { failures: 0, others: 0 };

  constructor(nowNs: () => bigint) {
    this.#nowNs = nowNs;
  }

  isDue({ failures, others }: Signs): boolean {
    if (this.#cleanAtNs === undefined) return true;
    if (failures !== this.#signs.failures || others !== this.#signs.others) return true;
    const ageNs = this.#nowNs() - this.#cleanAtNs;
    // A clock that was set back tells nothing.
    return ageNs < 0n || ageNs > believedNs;
  }

  /** Nothing is left any more that a run could use. `signs` are those from before the look. */
  foundClean(signs: Signs): void {
    this.#cleanAtNs = this.#nowNs();
    this.#signs = signs;
  }
}
