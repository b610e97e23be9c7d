/** What a blob holds. Both kinds live in separate packs. */
export type BlobType = 'data' | 'tree';

/** One blob inside a pack, as pack header and index describe it. Lengths and offsets are bytes, below 2^32. */
export interface PackedBlob {
  readonly type: BlobType;
  /** SHA-256 of the plaintext, 64 hex digits. */
  readonly id: string;
  readonly offset: number;
  /** Length in the pack: sealed, and compressed if it is. */
  readonly length: number;
  /** Length of the plaintext when the blob is compressed, else 0. */
  readonly uncompressedLength: number;
}
