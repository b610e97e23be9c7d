import type { BlobId } from '../../../shared/domain/ids.ts';
import type { BlobStore, SavedBlob } from './contract.ts';

const kib = 1024;
/** Lengths of the chunks that stand for holes, longest first; none is longer than a chunk of data can be. */
const zeroLengths = [8192, 4096, 2048, 1024, 512, 256].map((length) => length * kib);
const longest = 8192 * kib;

/** A hole shorter than this is stored as the zero bytes it reads as, like any data around it. */
export const shortestHole = 256 * kib;

const zeros = Buffer.alloc(longest);

/** Zero bytes to read from, at most `length` and at least one. Nobody may write into them. */
export function zeroBytes(length: number): Buffer {
  return zeros.subarray(0, Math.min(length, longest));
}

/**
 * Chunks of zeros, each length hashed and stored once: a hole of a terabyte costs a list of ids, not a terabyte of work.
 */
export class ZeroChunks {
  readonly #store: BlobStore;
  readonly #onSaved: (saved: SavedBlob) => void;
  readonly #known = new Map<number, Promise<BlobId>>();

  constructor(store: BlobStore, onSaved: (saved: SavedBlob) => void) {
    this.#store = store;
    this.#onSaved = onSaved;
  }

  /** The longest zero chunk that fits into `length`, or null when only plain zero bytes do. */
  fitting(length: number): { readonly length: number; readonly id: Promise<BlobId> } | null {
    const fit = zeroLengths.find((candidate) => candidate <= length);
    return fit === undefined ? null : { length: fit, id: this.#idOf(fit) };
  }

  #idOf(length: number): Promise<BlobId> {
    const known = this.#known.get(length);
    if (known) return known;
    const id = this.#store.saveData(zeros.subarray(0, length)).then((saved) => {
      this.#onSaved(saved);
      return saved.id;
    });
    this.#known.set(length, id);
    return id;
  }
}
