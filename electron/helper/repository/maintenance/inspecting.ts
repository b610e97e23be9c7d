import type { MasterKey } from '../crypto/master-key.ts';
import type { PackId } from '../format/ids.ts';
import type { ListedBlobs } from '../index/listed-blobs.ts';
import type { InspectedPack, KnownOfPack } from './inspect-pack.ts';

/** A file that stays the caller's and is only read at given places; length in bytes. */
export interface PackFile {
  readonly descriptor: number;
  readonly size: number;
}

/** Where the bytes of a pack are: in memory, which is the inspector's then, or behind a descriptor. */
export type PackBytes = { readonly bytes: Buffer } | PackFile;

/** Those who look through packs at the same time as everything else goes on. */
export interface Inspectors {
  /** Packs that are looked at at once. */
  readonly atOnce: number;
  /** They compute where they are asked: bytes are loaded for them, and a file is not opened. */
  readonly isHere?: true;
  /** What opens what is sealed: to be told before the first pack is looked through. */
  unlock(key: MasterKey): void;
  /** Whether the bytes have the hash that is the pack's name: needs no key. The error of a read is the system's. */
  hasItsName?(id: PackId, file: PackFile): Promise<boolean>;
  /** Settles when the bytes are not looked at any more. The error of a read is the system's, with its code. */
  inspect(id: PackId, bytes: PackBytes, listed: ListedBlobs, known: KnownOfPack): Promise<InspectedPack>;
  /** Ends them, also in the midst of a pack, which then fails. */
  close(): Promise<void>;
}

export type StartInspecting = () => Inspectors;
