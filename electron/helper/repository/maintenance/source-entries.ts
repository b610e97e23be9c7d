import type { PackedBlob } from '../format/blob.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { chosen, needed, type Source } from './pack-choice.ts';

/** A blob in a pack that is to go, needed and not yet secured. */
export interface Needed {
  readonly entry: number;
  readonly blob: PackedBlob;
  /** The first entry of the blob: stands for all its copies. */
  readonly canonical: number;
  /** The copy that was chosen. */
  readonly keeper: number;
}

/** Bit of the canonical entry: a copy that stays was found whole, or one was made. */
const secured = 4;

/** What has to be seen to of each pack that is to go, and what was: columns of numbers, for millions of blobs. */
export class SourceEntries {
  readonly #index: BlobIndex;
  readonly #marks: Uint8Array;
  /** Per pack number: 1 + its position among the sources; 0 for packs that stay. */
  readonly #positions: Uint32Array;
  /** Needed entries of all sources, by source and offset; where each source begins. */
  readonly #entries: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #log: number[] = [];

  constructor(index: BlobIndex, marks: Uint8Array, sources: readonly Source[]) {
    this.#index = index;
    this.#marks = marks;
    this.#positions = new Uint32Array(index.packCount);
    for (const [at, { number }] of sources.entries()) this.#positions[number] = at + 1;
    const counts = new Uint32Array(sources.length + 2);
    const ofSources = (visit: (entry: number, position: number) => void): void =>
      index.eachEntry((entry, pack) => {
        const position = this.#positions[pack] ?? 0;
        if (position > 0 && ((marks[entry] ?? 0) & needed) !== 0) visit(entry, position);
      });
    ofSources((_, position) => {
      counts[position] = (counts[position] ?? 0) + 1;
    });
    for (let at = 1; at < counts.length; at += 1) counts[at] = (counts[at] ?? 0) + (counts[at - 1] ?? 0);
    this.#starts = counts.slice();
    this.#entries = new Uint32Array(counts[sources.length] ?? 0);
    const next = counts;
    ofSources((entry, position) => {
      const at = next[position - 1] ?? 0;
      this.#entries[at] = entry;
      next[position - 1] = at + 1;
    });
  }

  /** By ascending offset. */
  of({ number }: Source): readonly Needed[] {
    const position = this.#positions[number] ?? 0;
    if (position === 0) return [];
    const found: Needed[] = [];
    const seen = new Set<number>();
    for (let at = this.#starts[position - 1] ?? 0; at < (this.#starts[position] ?? 0); at += 1) {
      const entry = this.#entries[at] ?? 0;
      const blob = this.#index.blobAt(entry);
      let [canonical, keeper] = [-1, -1];
      this.#index.eachEntryOf(blob.type, blob.id, (copy) => {
        if (canonical < 0) canonical = copy;
        if (((this.#marks[copy] ?? 0) & chosen) !== 0) keeper = copy;
      });
      if (seen.has(canonical) || ((this.#marks[canonical] ?? 0) & secured) !== 0) continue;
      seen.add(canonical);
      found.push({ entry: this.#index.packOf(keeper) === number ? keeper : entry, blob, canonical, keeper });
    }
    const offset = ({ entry, keeper, blob }: Needed): number =>
      entry === keeper ? this.#index.blobAt(keeper).offset : blob.offset;
    return found
      .map((each) => (each.entry === each.keeper ? { ...each, blob: this.#index.blobAt(each.keeper) } : each))
      .sort((one, other) => offset(one) - offset(other));
  }

  blobAt(entry: number): PackedBlob {
    return this.#index.blobAt(entry);
  }

  /** Whether the entry is in a pack that is to go. */
  isSource(entry: number): boolean {
    return (this.#positions[this.#index.packOf(entry)] ?? 0) > 0;
  }

  secure(canonical: number): void {
    this.#marks[canonical] = (this.#marks[canonical] ?? 0) | secured;
    this.#log.push(canonical);
  }

  /** For `rollback`. */
  checkpoint(): number {
    return this.#log.length;
  }

  /** What was copied since is gone. */
  rollback(checkpoint: number): void {
    for (const canonical of this.#log.splice(checkpoint))
      this.#marks[canonical] = (this.#marks[canonical] ?? 0) & ~secured;
  }
}
