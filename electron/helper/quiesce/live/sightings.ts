import { constants } from 'node:fs';
import type { Instant } from '../../../../shared/domain/time.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import type { TreeEntry } from '../../sources/filesystem/tree.ts';
import { granularityOf, wallClockNs } from '../ctime/granularity.ts';
import type { Fingerprint, Lanes } from './fingerprint.ts';

/** One look at everything there is. */
export interface TreeScan {
  readonly startedNs: bigint;
  readonly finishedAt: Instant;
  /** Metadata by path, both as fingerprints. */
  readonly entries: ReadonlyMap<number, number>;
  readonly newestCtimeNs: bigint | null;
  /** Some entry's ctime is too coarse, and too young, to tell a change before the scan from one during it. */
  readonly coarsestDoubtNs: bigint | null;
  readonly files: number;
  readonly bytes: number;
}

/** An entry and the lanes of its path: those of what is below it come from them. */
export interface SeenEntry {
  readonly entry: TreeEntry;
  readonly lanes: Lanes;
}

export interface Compared {
  readonly before?: TreeScan;
  readonly onDifferent?: (entry: TreeEntry) => void;
}

/** What is seen of a tree, entry by entry, from when this is made until it is finished. */
export class Sightings {
  readonly #fingerprint: Fingerprint;
  readonly #granularityNs: bigint;
  readonly #compared: Compared;
  readonly #startedNs = wallClockNs();
  readonly #entries = new Map<number, number>();
  #newest: bigint | null = null;
  #doubt: bigint | null = null;
  #files = 0;
  #bytes = 0;

  constructor(fingerprint: Fingerprint, granularityNs: bigint, compared: Compared = {}) {
    this.#fingerprint = fingerprint;
    this.#granularityNs = granularityNs;
    this.#compared = compared;
  }

  root(entry: TreeEntry): SeenEntry {
    const lanes = this.#fingerprint.root;
    this.#note(entry, lanes);
    return { entry, lanes };
  }

  /** Of an entry of a directory with these lanes; its own. */
  note(entry: TreeEntry, directory: Lanes): Lanes {
    const lanes = this.#fingerprint.child(directory, entry.name);
    this.#note(entry, lanes);
    return lanes;
  }

  finish(): TreeScan {
    return {
      startedNs: this.#startedNs,
      finishedAt: nsToInstant(wallClockNs()),
      entries: this.#entries,
      newestCtimeNs: this.#newest,
      coarsestDoubtNs: this.#doubt,
      files: this.#files,
      bytes: this.#bytes,
    };
  }

  #note(entry: TreeEntry, lanes: Lanes): void {
    const { stat } = entry;
    const key = this.#fingerprint.key(lanes);
    const metadata = entry.isStandIn ? 0 : this.#fingerprint.metadata(stat);
    const { before, onDifferent } = this.#compared;
    if (before !== undefined && before.entries.get(key) !== metadata) onDifferent?.(entry);
    // What was seen first counts: a look at the same name again, at something else, must not hide the change between them.
    if (this.#entries.has(key)) return;
    this.#entries.set(key, metadata);
    if (entry.isStandIn) return;
    if ((stat.mode & constants.S_IFMT) === constants.S_IFREG) {
      this.#files += 1;
      this.#bytes += Number(stat.size);
    }
    const { ctimeNs } = stat;
    if (this.#newest === null || ctimeNs > this.#newest) this.#newest = ctimeNs;
    const granularity = granularityOf(ctimeNs, this.#granularityNs);
    if (granularity > this.#granularityNs && ctimeNs + granularity >= this.#startedNs) this.#doubt = granularity;
  }
}

/** Entries added, removed or changed from one scan to another made with the same fingerprint. */
export function countDifferences(first: TreeScan, last: TreeScan): number {
  let differences = 0;
  for (const [key, metadata] of last.entries) if (first.entries.get(key) !== metadata) differences += 1;
  for (const key of first.entries.keys()) if (!last.entries.has(key)) differences += 1;
  return differences;
}
