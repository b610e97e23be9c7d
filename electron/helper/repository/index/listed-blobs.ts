import type { BlobType, PackedBlob } from '../format/blob.ts';
import { idLength } from '../format/ids.ts';

/** The blobs of one pack as the index lists them, by ascending offset, in columns: another thread gets them at once. */
export interface ListedBlobs {
  readonly ids: Uint8Array;
  /** 1: a tree. */
  readonly isTree: Uint8Array;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  /** 0 where the blob is not compressed. */
  readonly plainLengths: Uint32Array;
}

export function emptyColumns(count: number): ListedBlobs {
  return {
    ids: new Uint8Array(count * idLength),
    isTree: new Uint8Array(count),
    offsets: new Uint32Array(count),
    lengths: new Uint32Array(count),
    plainLengths: new Uint32Array(count),
  };
}

export function columnsOf(blobs: readonly PackedBlob[]): ListedBlobs {
  const columns = emptyColumns(blobs.length);
  const ids = Buffer.from(columns.ids.buffer);
  for (const [at, blob] of blobs.entries()) {
    ids.write(blob.id, at * idLength, 'hex');
    columns.isTree[at] = blob.type === 'tree' ? 1 : 0;
    columns.offsets[at] = blob.offset;
    columns.lengths[at] = blob.length;
    columns.plainLengths[at] = blob.uncompressedLength;
  }
  return columns;
}

/** For people, and for findings. */
export function blobAt({ ids, isTree }: ListedBlobs, at: number): { readonly type: BlobType; readonly id: string } {
  const id = Buffer.from(ids.buffer, ids.byteOffset + at * idLength, idLength).toString('hex');
  return { type: isTree[at] === 1 ? 'tree' : 'data', id };
}
