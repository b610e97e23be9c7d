import type { SerializedError } from '../../../shared/errors/index.ts';
import type { FileRef } from '../repository/index.ts';
import type { Identity } from '../system/identity.ts';

export interface PlaceThreadData {
  readonly root: string;
  /** In whose name files are touched; null: the helper's own. */
  readonly identity: Identity | null;
}

/** Save these bytes, or, without any, tell the digest. */
export interface ToPlaceThread {
  readonly number: number;
  readonly file: FileRef;
  readonly bytes?: Uint8Array;
}

export type FromPlaceThread =
  | { readonly number: number; readonly digest: string | undefined }
  | { readonly number: number; readonly error: SerializedError };
