import type { BlobId } from '../../../shared/domain/ids.ts';
import type { TakenContent } from '../quiesce/contract.ts';
import { misuse } from '../repository/index.ts';

/** Content of one file that was stored before its still point: what `TakenContent` is to whoever stored it. */
export class StoredContent implements TakenContent {
  readonly blobs: readonly BlobId[];
  readonly length: number;
  /** It was in the repository already, and was not read. */
  readonly isReused: boolean;

  constructor(blobs: readonly BlobId[], length: number, isReused: boolean) {
    this.blobs = blobs;
    this.length = length;
    this.isReused = isReused;
  }
}

/** Refuses what did not come from `take`: nobody could say which blobs it is. */
export function storedContent(taken: TakenContent): StoredContent {
  if (taken instanceof StoredContent) return taken;
  throw misuse('Content is said to be stored ahead that was not taken by this repository.');
}
