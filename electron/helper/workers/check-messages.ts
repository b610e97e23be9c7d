import type { InspectedPack, ListedBlobs, MasterKey, PackId } from '../repository/index.ts';

export interface CheckThreadData {
  readonly key: MasterKey;
}

export interface ToCheckThread {
  readonly number: number;
  readonly id: PackId;
  readonly bytes: { readonly bytes: Uint8Array } | { readonly descriptor: number; readonly size: number };
  readonly listed: ListedBlobs;
}

export type FromCheckThread =
  | { readonly number: number; readonly damage: InspectedPack }
  /** The system's answer to a read. */
  | { readonly number: number; readonly code: string; readonly message: string };
