import { constants, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { readZstdFrame } from './zstd-frame.ts';

/** Takes zstd frames apart one after the other. */
export interface Decompressor {
  /** Whether one context serves all frames; otherwise each costs a new one. */
  readonly isPersistent: boolean;
  /**
   * Writes what is in `frame` to the start of `target`. False unless that is exactly `length` bytes, no more than the target
   * holds; what is in the target then is of no meaning. Bytes from anywhere may be tried.
   */
  decompress(frame: Buffer, target: Uint8Array, length: number): boolean;
}

/** What node keeps behind a decompressing stream. It is not documented: nothing is believed of it before `works`. */
interface Internals {
  readonly _handle: {
    writeSync(
      flush: number,
      from: Uint8Array,
      fromOffset: number,
      fromLength: number,
      into: Uint8Array,
      intoOffset: number,
      intoLength: number,
    ): void;
  };
  /** Bytes left of the output, and of the input, after a call. */
  readonly _writeState: Uint32Array;
  /** A stream that failed lets go of its context at once: the program ends when that is used again. */
  readonly destroyed: boolean;
  destroy(): unknown;
  on(event: 'error', listener: () => void): unknown;
}

/** What a context keeps for a frame lies there for good: one that needs to look back further gets a context of its own. */
const longestWindow = 8 * 1024 * 1024;
const noAnswer = 0xffffffff;

/**
 * A decompressor with one context for all frames: a small blob takes a fifth of what a new context costs. It is built on what
 * node does not document, so it is tried first; where anything differs, or is not there, the documented call serves.
 * Every frame is looked through before, and after one that did not end as it should the context is made anew: what one
 * leaves behind never reaches the next.
 */
export function newDecompressor(open: () => unknown = () => createZstdDecompress()): Decompressor {
  try {
    if (!hasInternals(open())) return plainDecompressor;
    const decompressor = persistentDecompressor(open as () => Internals);
    return works(decompressor) ? decompressor : plainDecompressor;
  } catch {
    return plainDecompressor;
  }
}

/** Output is allocated in pieces of at least what node takes, and of what is needed at once where that is not much. */
const smallestOutput = 64;
const largestOutput = 1024 * 1024;

/** By the documented call. Never allocates more than `length`, and that only as it comes. */
export function decompressPlainly(frame: Buffer, length: number): Buffer | undefined {
  try {
    const chunkSize = Math.min(Math.max(length, smallestOutput), largestOutput);
    const plaintext = zstdDecompressSync(frame, { maxOutputLength: Math.max(length, 1), chunkSize });
    return plaintext.length === length ? plaintext : undefined;
  } catch {
    return undefined;
  }
}

export const plainDecompressor: Decompressor = {
  isPersistent: false,
  decompress(frame, target, length) {
    const plaintext = length > target.length ? undefined : decompressPlainly(frame, length);
    if (plaintext === undefined) return false;
    target.set(plaintext);
    return true;
  },
};

function persistentDecompressor(open: () => Internals): Decompressor {
  let stream: Internals | undefined;
  const opened = (): Internals => {
    if (stream !== undefined && !stream.destroyed) return stream;
    stream = open();
    stream.on('error', () => {});
    return stream;
  };
  return {
    isPersistent: true,
    decompress(frame, target, length) {
      if (length > target.length) return false;
      const outline = readZstdFrame(frame);
      // Several frames in a row, say: the documented call knows what they mean.
      if (outline === undefined || outline.window > longestWindow)
        return plainDecompressor.decompress(frame, target, length);
      if (outline.contentLength !== undefined && outline.contentLength !== length) return false;
      const current = opened();
      const { _handle: handle, _writeState: state } = current;
      // Neither is an answer: a call that failed leaves them as they are.
      state.fill(noAnswer);
      // A little more than is wanted: where the output is full, nobody can tell whether the frame was over.
      const room = Math.min(length + 1, target.length);
      handle.writeSync(constants.ZSTD_e_end, frame, 0, frame.length, target, 0, room);
      if (current.destroyed) return false;
      if (state[0] === room - length && state[1] === 0) return true;
      current.destroy();
      return plainDecompressor.decompress(frame, target, length);
    },
  };
}

function hasInternals(stream: unknown): stream is Internals {
  if (typeof stream !== 'object' || stream === null) return false;
  const { _handle: handle, _writeState: state, destroyed } = stream as Partial<Internals>;
  return typeof handle?.writeSync === 'function' && state instanceof Uint32Array && destroyed === false;
}

/** Good ones and bad ones in turn, so that what one leaves behind would show in the next. */
function works(decompressor: Decompressor): boolean {
  const words = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `w${(index * index) % 991} `).join(''));
  const target = Buffer.alloc(words.length);
  for (const sample of [words, words.subarray(0, 7), Buffer.alloc(70_000), words.subarray(0, 5000)]) {
    const frame = zstdCompressSync(sample);
    const broken = Buffer.from(frame);
    broken.fill(0xff, 9, 12);
    target.fill(0);
    if (!decompressor.decompress(frame, target, sample.length)) return false;
    if (!target.subarray(0, sample.length).equals(sample)) return false;
    for (const wrong of [sample.length - 1, sample.length + 1])
      if (wrong <= target.length && decompressor.decompress(frame, target, wrong)) return false;
    if (decompressor.decompress(frame.subarray(0, -1), target, sample.length)) return false;
    const survives = decompressor.decompress(broken, target, sample.length);
    if (survives && target.subarray(0, sample.length).equals(sample)) return false;
  }
  return true;
}
