import { CutFinder, type CutLimits, cutLimits } from './cut-finder.ts';

/** Version of table derivation, hash, masks and lengths together. Another one cuts elsewhere; old data stays readable. */
export const currentChunkerVersion = 1;

/**
 * Turns a stream, pushed in buffers of any size, into chunks. One chunker serves one stream at a time; after `finish`
 * it is ready for the next. A chunk is a view that is valid until the next call: take what is needed before going on.
 */
export class Chunker {
  readonly #finder: CutFinder;
  readonly #maxLength: number;
  /** Bytes of the chunk under way that came with earlier buffers. */
  #pending: Buffer = Buffer.alloc(0);
  #pendingLength = 0;

  constructor(gear: Uint32Array, limits: CutLimits = cutLimits) {
    this.#finder = new CutFinder(gear, limits);
    this.#maxLength = limits.max;
  }

  /** Yields every chunk that ends within `bytes`. Must be consumed fully before the next push. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    let from = 0;
    for (let end = this.#finder.next(bytes, from); end >= 0; end = this.#finder.next(bytes, from)) {
      const tail = bytes.subarray(from, end);
      from = end;
      if (this.#pendingLength === 0) {
        yield tail;
      } else {
        this.#keep(tail);
        yield this.#takePending();
      }
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
  }

  /** The last chunk of the stream; undefined when nothing is left, so for an empty stream too. */
  finish(): Uint8Array | undefined {
    this.#finder.reset();
    return this.#pendingLength > 0 ? this.#takePending() : undefined;
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#pendingLength + bytes.length;
    if (needed > this.#pending.length) {
      const grown = Buffer.allocUnsafe(Math.min(Math.max(needed, this.#pending.length * 2), this.#maxLength));
      this.#pending.copy(grown, 0, 0, this.#pendingLength);
      this.#pending = grown;
    }
    this.#pending.set(bytes, this.#pendingLength);
    this.#pendingLength = needed;
  }

  #takePending(): Uint8Array {
    const chunk = this.#pending.subarray(0, this.#pendingLength);
    this.#pendingLength = 0;
    return chunk;
  }
}
