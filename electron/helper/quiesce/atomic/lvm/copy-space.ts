import type { LogicalVolume } from './lvm-report.ts';

const mebibyte = 1024 * 1024;

export interface CopySpace {
  /** What is set aside for blocks that are overwritten while the copy is read, bytes. */
  readonly wanted: number;
  /** Below this none is made. */
  readonly least: number;
}

/**
 * Space for a thick snapshot. What will be overwritten meanwhile nobody knows: a fifth of the volume, half a gibibyte at
 * least, less where the group has less. Never more than the volume itself and LVM's own tables: that cannot run over.
 */
export function copySpace(volume: Pick<LogicalVolume, 'bytes' | 'groupFreeBytes' | 'extentBytes'>): CopySpace {
  const { bytes, groupFreeBytes, extentBytes } = volume;
  const whole = upTo(bytes + bytes / 64 + 4 * mebibyte, extentBytes);
  const least = upTo(Math.min(whole, Math.max(64 * mebibyte, bytes / 20)), extentBytes);
  const wished = upTo(Math.min(whole, Math.max(512 * mebibyte, bytes / 5)), extentBytes);
  const free = Math.floor(groupFreeBytes / extentBytes) * extentBytes;
  return { wanted: Math.min(wished, Math.max(free, least)), least };
}

function upTo(bytes: number, extent: number): number {
  return Math.ceil(bytes / extent) * extent;
}
