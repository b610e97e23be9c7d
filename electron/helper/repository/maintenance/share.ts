import type { PackId } from '../format/ids.ts';

/** One of so many parts of all packs, counted from 1. */
export interface DataShare {
  readonly part: number;
  readonly of: number;
}

export const mostParts = 10_000;

/**
 * Whether the pack is in the share. Ids are hashes, so parts are about equal; each pack is in exactly one of them, and in the
 * same one for ever: who reads all parts in turn has read every pack that was there throughout.
 */
export function isInShare({ part, of }: DataShare, pack: PackId): boolean {
  return Math.floor((Number.parseInt(pack.slice(0, 8), 16) / 2 ** 32) * of) === part - 1;
}
