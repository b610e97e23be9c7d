import type { HandleKey } from '../tracking/contract.ts';

/**
 * Where a file handle has the number of its inode, and how much of it, type included, is all but the generation. One
 * character is one byte. Sources: linux/exportfs.h (1, 2), fs/xfs/xfs_export.h (0x81, 0x82), fs/btrfs/export.h (0x4d to
 * 0x4f: a number is of its subvolume).
 */
const layouts: ReadonlyMap<number, { readonly numberBytes: 4 | 8; readonly identityBytes: number }> = new Map([
  [0x01, { numberBytes: 4, identityBytes: 8 }],
  [0x02, { numberBytes: 4, identityBytes: 8 }],
  [0x81, { numberBytes: 8, identityBytes: 12 }],
  [0x82, { numberBytes: 8, identityBytes: 12 }],
  [0x4d, { numberBytes: 8, identityBytes: 20 }],
  [0x4e, { numberBytes: 8, identityBytes: 20 }],
  [0x4f, { numberBytes: 8, identityBytes: 20 }],
]);

function layoutOf(key: HandleKey) {
  return layouts.get(uint32(key, 0));
}

/** Undefined for handles of a kind that is not known. */
export function inodeOfKey(key: HandleKey): bigint | undefined {
  const layout = layoutOf(key);
  if (layout === undefined || key.length < layout.identityBytes) return undefined;
  const low = uint32(key, 4);
  return layout.numberBytes === 4 ? BigInt(low) : BigInt(low) + (BigInt(uint32(key, 8)) << 32n);
}

/** The same inode as a name for it goes, with another generation. */
export function isOtherGeneration(one: HandleKey, other: HandleKey): boolean {
  const layout = layoutOf(one);
  return layout !== undefined && one !== other && other.startsWith(one.slice(0, layout.identityBytes));
}

function uint32(key: HandleKey, at: number): number {
  const byte = (offset: number): number => key.charCodeAt(at + offset);
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}
