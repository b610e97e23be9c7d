import { Breather } from '../breather.ts';
import { sealOverhead } from '../crypto/sealer.ts';
import type { BlobIndex } from '../index/blob-index.ts';

/** By entry of the index, those of further copies of a blob at its first entry. */
export interface BlobSizes {
  readonly stored: Uint32Array;
  readonly plain: Uint32Array;
  /** Of further copies. */
  readonly copies: Float64Array;
  readonly isFirst: Uint8Array;
  readonly blobs: number;
  readonly trees: number;
}

export async function blobSizes(index: BlobIndex, signal: AbortSignal | undefined): Promise<BlobSizes> {
  const breather = new Breather();
  const stored = new Uint32Array(index.size);
  const plain = new Uint32Array(index.size);
  const copies = new Float64Array(index.size);
  const isFirst = new Uint8Array(index.size);
  let blobs = 0;
  let trees = 0;
  for (const pack of index.packs()) {
    await breather.breathe(signal);
    for (const { type, id, length, uncompressedLength } of pack.blobs) {
      const entry = index.entryOf(type, id);
      if (isFirst[entry] === 1) {
        copies[entry] = (copies[entry] ?? 0) + length;
        continue;
      }
      isFirst[entry] = 1;
      stored[entry] = length;
      plain[entry] = uncompressedLength > 0 ? uncompressedLength : length - sealOverhead;
      blobs += 1;
      if (type === 'tree') trees += 1;
    }
  }
  return { stored, plain, copies, isFirst, blobs, trees };
}
