import type { InspectedPack, KnownOfPack, ListedBlobs, MasterKey, PackFile, PackId } from '../repository/index.ts';

export type ToCheckThread =
  /** First of all that asks for what is sealed. */
  | { readonly key: MasterKey }
  | {
      readonly number: number;
      readonly id: PackId;
      readonly bytes: { readonly bytes: Uint8Array } | PackFile;
      /** Absent where only the name is to be compared. */
      readonly look?: { readonly listed: ListedBlobs; readonly known: KnownOfPack };
    };

export type FromCheckThread =
  | { readonly number: number; readonly damage: InspectedPack }
  | { readonly number: number; readonly isNamed: boolean }
  /** The system's answer to a read. */
  | { readonly number: number; readonly code: string; readonly message: string };
