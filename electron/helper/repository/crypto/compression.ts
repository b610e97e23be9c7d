import { zstdDecompressSync } from 'node:zlib';
import { type Compressor, longestFrame, newCompressor } from './compressor.ts';

/** Gain below which a blob is stored as it is: reading it back is then cheaper, and random data always ends here. */
const worthwhile = 1 / 64;

let compressor: Compressor | undefined;
let scratch = Buffer.alloc(0);
/** A buffer of more than this is not kept. */
const keptScratch = 1024 * 1024;

/** Length at which a compressed blob is no gain any more. */
export function leastGain(length: number): number {
  return Math.ceil(length * (1 - worthwhile));
}

/** The blob compressed with zstd, or undefined when that does not pay. Valid until the next call. */
export function compressBlob(plaintext: Uint8Array): Buffer | undefined {
  if (plaintext.length === 0) return undefined;
  compressor ??= newCompressor();
  const most = leastGain(plaintext.length);
  const longest = longestFrame(plaintext.length);
  const target = scratch.length >= longest ? scratch : Buffer.allocUnsafeSlow(longest + 1024);
  if (target.length <= keptScratch) scratch = target;
  const length = compressor.compress(plaintext, target, 0, most);
  return length === undefined ? undefined : target.subarray(0, length);
}

/** Output is allocated in pieces of at least what node takes, and of what is needed at once where that is not much. */
const smallestOutput = 64;
const largestOutput = 1024 * 1024;

/** Undefined when the bytes are not a zstd frame of exactly `length` bytes. Never allocates more than that. */
export function decompressBlob(compressed: Buffer, length: number): Buffer | undefined {
  try {
    const chunkSize = Math.min(Math.max(length, smallestOutput), largestOutput);
    const plaintext = zstdDecompressSync(compressed, { maxOutputLength: Math.max(length, 1), chunkSize });
    return plaintext.length === length ? plaintext : undefined;
  } catch {
    return undefined;
  }
}
