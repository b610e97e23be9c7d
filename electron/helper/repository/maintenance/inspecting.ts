import type { MasterKey } from '../crypto/master-key.ts';
import type { PackId } from '../format/ids.ts';
import type { ListedBlobs } from '../index/listed-blobs.ts';
import type { InspectedPack } from './inspect-pack.ts';

/**
 * Where the bytes of a pack are: in memory, which is the inspector's then, or behind a descriptor, which stays the caller's
 * and is only read at given places.
 */
export type PackBytes =
  | { readonly bytes: Buffer }
  | { readonly descriptor: number /** Length of the file in bytes. */; readonly size: number };

/** Those who look through packs at the same time as everything else goes on. */
export interface Inspectors {
  /** Packs that are looked at at once. */
  readonly atOnce: number;
  /** They compute where they are asked: bytes are loaded for them, and a file is not opened. */
  readonly isHere?: true;
  /** Settles when the bytes are not looked at any more. The error of a read is the system's, with its code. */
  inspect(id: PackId, bytes: PackBytes, listed: ListedBlobs): Promise<InspectedPack>;
  /** Ends them, also in the midst of a pack, which then fails. */
  close(): Promise<void>;
}

export type StartInspecting = (key: MasterKey) => Inspectors;
