import { type Compressor, longestFrame, newCompressor } from './compressor.ts';
import { type Decompressor, decompressPlainly, newDecompressor } from './decompressor.ts';

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

let decompressor: Decompressor | undefined;
/** What claims to be longer is believed when it is there: memory is made as it comes. */
const longestBelieved = 64 * 1024 * 1024;

/** Undefined when the bytes are not a zstd frame of exactly `length` bytes. */
export function decompressBlob(compressed: Buffer, length: number): Buffer | undefined {
  if (length > longestBelieved) return decompressPlainly(compressed, length);
  const plaintext = Buffer.allocUnsafeSlow(length);
  return sharedDecompressor().decompress(compressed, plaintext, length) ? plaintext : undefined;
}

/** The one of this thread. */
export function sharedDecompressor(): Decompressor {
  decompressor ??= newDecompressor();
  return decompressor;
}
