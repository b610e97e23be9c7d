import { constants, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Decompresses blobs one after the other, each a zstd frame of its own. */
export interface Decompressor {
  /** Whether one context serves all blobs; otherwise each costs a new one. */
  readonly isPersistent: boolean;
  /**
   * Whether the frame held exactly `length` bytes, which then stand at the start of `target`. One byte more than those must
   * fit into it; what stands behind them afterwards is nobody's.
   */
  decompress(frame: Uint8Array, target: Uint8Array, length: number): boolean;
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
  on(event: 'error', listener: () => void): unknown;
}

/** Output is allocated in pieces of at least what node takes, and of what is needed at once where that is not much. */
const smallestOutput = 64;
const largestOutput = 1024 * 1024;

export const plainDecompressor: Decompressor = {
  isPersistent: false,
  decompress(frame, target, length) {
    try {
      const chunkSize = Math.min(Math.max(length, smallestOutput), largestOutput);
      const plaintext = zstdDecompressSync(frame, { maxOutputLength: Math.max(length, 1), chunkSize });
      if (plaintext.length !== length) return false;
      target.set(plaintext);
      return true;
    } catch {
      return false;
    }
  },
};

/**
 * A decompressor with one context for all blobs, which for small ones is several times as fast as a context each, and leaves
 * no memory behind. It is built on what node does not document, so it is tried first on every kind of input; where anything
 * differs, or is not there, the documented call serves.
 */
export function newDecompressor(open: () => unknown = () => createZstdDecompress()): Decompressor {
  try {
    const decompressor = persistentDecompressor(open);
    return works(decompressor) ? decompressor : plainDecompressor;
  } catch {
    return plainDecompressor;
  }
}

function persistentDecompressor(open: () => unknown): Decompressor {
  let context: Internals | undefined = opened(open);
  return {
    isPersistent: true,
    decompress(frame, target, length) {
      const room = length + 1;
      if (frame.length === 0 || target.length < room) return false;
      context ??= opened(open);
      const { _handle: handle, _writeState: state } = context;
      // Neither is an answer: a call that failed leaves them as they are.
      state[0] = 0;
      state[1] = 1;
      handle.writeSync(constants.ZSTD_e_end, frame, 0, frame.length, target, 0, room);
      if (state[0] === 1 && state[1] === 0) return true;
      // In the middle of something, perhaps, which the next frame is no part of. Whether this one is whole all the same says
      // the documented call.
      context = undefined;
      return plainDecompressor.decompress(frame, target, length);
    },
  };
}

function opened(open: () => unknown): Internals {
  const stream = open();
  if (!hasInternals(stream)) throw new Error('node keeps nothing here that is known');
  // What went wrong is seen by what the call left.
  stream.on('error', () => {});
  return stream;
}

function hasInternals(stream: unknown): stream is Internals {
  if (typeof stream !== 'object' || stream === null) return false;
  const { _handle: handle, _writeState: state } = stream as Partial<Internals>;
  return typeof handle?.writeSync === 'function' && state instanceof Uint32Array && 'on' in stream;
}

/** One after the other, so that what one leaves behind would show in the next. */
function works(decompressor: Decompressor): boolean {
  const words = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `w${(index * index) % 991} `).join(''));
  const noise = Buffer.from(
    Uint32Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 0x9e3779b1) ** 2).buffer,
  );
  const target = Buffer.alloc(100_002);
  for (const sample of [words, words.subarray(0, 7), noise, words.subarray(0, 5000), Buffer.alloc(100_000), words]) {
    const frame = zstdCompressSync(sample);
    target.fill(1);
    if (!decompressor.decompress(frame, target, sample.length)) return false;
    if (!target.subarray(0, sample.length).equals(sample)) return false;
    for (const length of [sample.length - 1, sample.length + 1])
      if (decompressor.decompress(frame, target, length)) return false;
    if (decompressor.decompress(frame.subarray(0, frame.length - 1), target, sample.length)) return false;
  }
  return true;
}
