import { constants, createZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * Level 1 (negative ones mean the default) with two of its settings changed, for what they are the cheapest way to a smaller
 * repository: repeats are looked for from 6 bytes on instead of 7, in a table that is twice as large. `README.md` has figures.
 */
export const params = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_minMatch]: 6,
  [constants.ZSTD_c_hashLog]: 14,
};

/** Compresses blobs one after the other, each into a zstd frame of its own. */
export interface Compressor {
  /** Whether one context serves all blobs; otherwise each costs a new one. */
  readonly isPersistent: boolean;
  /**
   * The length of the frame written to `target` at `offset`; undefined where it would take `most` bytes or more. What lies
   * behind it in `target` may be written to as well: where `longestFrame` fits, nothing is copied on the way.
   */
  compress(plaintext: Uint8Array, target: Uint8Array, offset: number, most: number): number | undefined;
}

/** What node keeps behind a compressing stream. It is not documented: nothing is believed of it before `works`. */
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
  /** A stream that failed lets go of its context at once, and says so later: the program ends when that is used again. */
  readonly destroyed: boolean;
  on(event: 'error', listener: () => void): unknown;
}

/**
 * A compressor with one context for all blobs, which for small ones is four times as fast as a context each. It is built on
 * what node does not document, so it is tried first on every kind of input; where anything differs, or is not there, the
 * documented call serves.
 */
export function newCompressor(open: () => unknown = () => createZstdCompress({ params })): Compressor {
  try {
    const stream = open();
    if (!hasInternals(stream)) return plainCompressor;
    const compressor = persistentCompressor(stream);
    return works(compressor) ? compressor : plainCompressor;
  } catch {
    return plainCompressor;
  }
}

export const plainCompressor: Compressor = {
  isPersistent: false,
  compress(plaintext, target, offset, most) {
    const frame = zstdCompressSync(plaintext, { params });
    if (frame.length >= most) return undefined;
    target.set(frame, offset);
    return frame.length;
  },
};

/** Room in which zstd needs no memory of its own to put a frame together in. Source: ZSTD_compressBound, and one byte to spare. */
export function longestFrame(length: number): number {
  const small = 128 * 1024;
  return length + (length >>> 8) + (length < small ? (small - length) >>> 11 : 0) + 1;
}

/** What is left of a frame that grew too long goes here, and nowhere else. */
const waste = Buffer.allocUnsafeSlow(64 * 1024);
/** More than a frame can be longer than what is in it, for anything there is. */
const mostAround = 1024 * 1024;

function persistentCompressor(stream: Internals): Compressor {
  const { _handle: handle, _writeState: state } = stream;
  let isBroken = false;
  stream.on('error', () => {
    isBroken = true;
  });
  const isUseless = (): boolean => isBroken || stream.destroyed;
  /** Bytes left of the output, and of the input. */
  const write = (from: Uint8Array, fromOffset: number, into: Uint8Array, offset: number, room: number) => {
    // Neither is an answer: a call that failed leaves them as they are.
    state[0] = 0;
    state[1] = 1;
    handle.writeSync(constants.ZSTD_e_end, from, fromOffset, from.length - fromOffset, into, offset, room);
    const [roomLeft = 0, inputLeft = 0] = state;
    return { roomLeft, inputLeft };
  };
  return {
    isPersistent: true,
    compress(plaintext, target, offset, most) {
      if (isUseless()) return plainCompressor.compress(plaintext, target, offset, most);
      const room = Math.min(Math.max(most, longestFrame(plaintext.length)), target.length - offset);
      let left = write(plaintext, 0, target, offset, room);
      // An output that is full may end in the middle of the frame.
      if (left.roomLeft > 0 && left.inputLeft === 0) {
        const length = room - left.roomLeft;
        return length < most ? length : undefined;
      }
      // The next frame begins where this one is complete: to begin anew would drop the level, and cost as much as a new context.
      for (let turn = 0; left.roomLeft === 0 || left.inputLeft > 0; turn += 1) {
        isBroken ||= turn * waste.length > plaintext.length + mostAround;
        if (isUseless()) return undefined;
        left = write(plaintext, plaintext.length - left.inputLeft, waste, 0, waste.length);
      }
      return undefined;
    },
  };
}

function hasInternals(stream: unknown): stream is Internals {
  if (typeof stream !== 'object' || stream === null) return false;
  const { _handle: handle, _writeState: state, destroyed } = stream as Partial<Internals>;
  return (
    typeof handle?.writeSync === 'function' && state instanceof Uint32Array && destroyed === false && 'on' in stream
  );
}

/** One after the other, so that what one leaves behind would show in the next; and as short as the documented call makes them. */
function works(compressor: Compressor): boolean {
  const words = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `w${(index * index) % 991} `).join(''));
  const noise = Buffer.from(
    Uint32Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 0x9e3779b1) ** 2).buffer,
  );
  const target = Buffer.alloc(words.length + 1024);
  for (const sample of [words, words.subarray(0, 7), noise, words.subarray(0, 5000), Buffer.alloc(100_000), words]) {
    const length = compressor.compress(sample, target, 5, target.length - 5);
    if (length === undefined || !zstdDecompressSync(target.subarray(5, 5 + length)).equals(sample)) return false;
    if (length !== zstdCompressSync(sample, { params }).length) return false;
    if (compressor.compress(words, target, 0, 64) !== undefined) return false;
    if (compressor.compress(words, target.subarray(0, 64), 0, 64) !== undefined) return false;
  }
  return true;
}
