/** The entries of an index sorted by pack, and within a pack by offset. */
export class PackOrder {
  readonly #entries: Uint32Array;
  /** Where the entries of each pack begin, and where the last one's end. */
  readonly #starts: Uint32Array;

  /** `packs` and `offsets` by entry; packs are numbered from 0 to `packCount`. */
  constructor(packs: Uint32Array, offsets: Uint32Array, packCount: number) {
    this.#starts = new Uint32Array(packCount + 1);
    for (const pack of packs) this.#starts[pack + 1] = (this.#starts[pack + 1] ?? 0) + 1;
    for (let pack = 0; pack < packCount; pack += 1)
      this.#starts[pack + 1] = (this.#starts[pack + 1] ?? 0) + (this.#starts[pack] ?? 0);
    this.#entries = new Uint32Array(packs.length);
    const next = this.#starts.slice();
    for (let entry = 0; entry < packs.length; entry += 1) {
      const pack = packs[entry] ?? 0;
      const at = next[pack] ?? 0;
      this.#entries[at] = entry;
      next[pack] = at + 1;
    }
    for (let pack = 0; pack < packCount; pack += 1) sortByOffset(this.entriesOf(pack), offsets);
  }

  /** None for a pack that is not known. */
  entriesOf(pack: number): Uint32Array {
    return this.#entries.subarray(this.#starts[pack] ?? 0, this.#starts[pack + 1] ?? 0);
  }
}

/** Files list the blobs of a pack in their order, so this is seldom needed. */
function sortByOffset(entries: Uint32Array, offsets: Uint32Array): void {
  const offsetOf = (entry: number | undefined): number => offsets[entry ?? 0] ?? 0;
  if (entries.every((entry, at) => at === 0 || offsetOf(entries[at - 1]) <= offsetOf(entry))) return;
  entries.sort((one, other) => offsetOf(one) - offsetOf(other));
}
