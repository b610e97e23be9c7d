import type { GearScan } from './gear-scan.ts';

/** Lengths in bytes. A chunk ends at a content-defined cut between `min` and `max`; `normal` is where cuts become likely. */
export interface CutLimits {
  readonly min: number;
  readonly normal: number;
  readonly max: number;
}

/** About 1.1 MiB on average. The format does not prescribe lengths; restic uses the same bounds. */
export const cutLimits: CutLimits = { min: 512 * 1024, normal: 1024 * 1024, max: 8 * 1024 * 1024 };

/** Cut with probability 2^-21 per byte before `normal` and 2^-18 after, judged by the top bits, which see the most bytes. */
const unlikelyMask = 0xfffff800 | 0;
const likelyMask = 0xffffc000 | 0;

/** Bytes the rolling hash depends on: each byte is shifted out after 32 steps. */
export const windowLength = 32;

/**
 * Finds the ends of chunks in a stream, in the manner of FastCDC (Xia et al., USENIX ATC 2016): a gear hash over the last
 * 32 bytes, none of them before the chunk's minimum length. Deterministic: the same bytes from the start of a stream
 * give the same cuts, however the stream is split into buffers.
 */
export class CutFinder {
  readonly #gear: Uint32Array;
  readonly #limits: CutLimits;
  readonly #fast: GearScan | undefined;
  #hash = 0;
  /** Bytes seen of the chunk under way. */
  #length = 0;

  /** With `fast` all bytes looked at must lie in its window, at its beginning. */
  constructor(gear: Uint32Array, limits: CutLimits = cutLimits, fast?: GearScan) {
    this.#gear = gear;
    this.#limits = limits;
    this.#fast = fast;
  }

  /** Looks at `bytes` from `from` on. The index just after the next cut, or -1 when there is none and all was seen. */
  next(bytes: Uint8Array, from: number): number {
    const { min, normal, max } = this.#limits;
    const start = from - this.#length;
    let at = Math.max(from, Math.min(start + min - windowLength, bytes.length));
    at = this.#scan(bytes, at, Math.min(start + min, bytes.length), 0);
    at = this.#scan(bytes, at, Math.min(start + normal, bytes.length), unlikelyMask);
    if (at < 0) return this.#cut(~at);
    at = this.#scan(bytes, at, Math.min(start + max, bytes.length), likelyMask);
    if (at < 0) return this.#cut(~at);
    if (at === start + max) return this.#cut(at);
    this.#length = at - start;
    return -1;
  }

  /** Counts bytes of the chunk under way that are not looked at: at most its least length less `windowLength`, from its start. */
  skip(length: number): void {
    this.#length += length;
  }

  /** Forgets the chunk under way: the next byte begins a new stream. */
  reset(): void {
    this.#hash = 0;
    this.#length = 0;
  }

  #cut(end: number): number {
    this.reset();
    return end;
  }

  /** Rolls from `at` to `end`. Answers ~(index after the cut), or where it stopped. Mask 0 never cuts. */
  #scan(bytes: Uint8Array, at: number, end: number, mask: number): number {
    if (this.#fast !== undefined && mask !== 0) return this.#scanFast(this.#fast, at, end, mask);
    const gear = this.#gear;
    let hash = this.#hash;
    for (let index = at; index < end; index += 1) {
      hash = ((hash << 1) + (gear[bytes[index] as number] as number)) | 0;
      if ((hash & mask) === 0 && mask !== 0) return ~(index + 1);
    }
    this.#hash = hash;
    return Math.max(at, end);
  }

  #scanFast(fast: GearScan, at: number, end: number, mask: number): number {
    if (at >= end) return at;
    const cut = fast.scan(at, end, mask, this.#hash);
    if (cut >= 0) return ~cut;
    this.#hash = fast.hash;
    return end;
  }
}
