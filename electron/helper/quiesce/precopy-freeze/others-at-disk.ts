import { readFileSync } from 'node:fs';
import { heedsPriorities } from '../../system/io-priority.ts';

/** Fields of /sys/dev/block/DEVICE/stat, from 0. Source: Documentation/block/stat.rst. */
const fields = { writes: 4, flushes: 15 } as const;

/**
 * Whether anybody writes to a block device (`8:1`), asked again and again: we only read. Undefined where that need not be
 * asked, because the disk's scheduler lets others go first by itself, or cannot be.
 */
export function othersAtDisk(device: string): (() => boolean) | undefined {
  if (heedsPriorities(device) === true) return undefined;
  let before = writesTo(device);
  if (before === undefined) return undefined;
  return () => {
    const now = writesTo(device);
    const isBusy = now !== undefined && now !== before;
    before = now;
    return isBusy;
  };
}

function writesTo(device: string): number | undefined {
  try {
    const numbers = readFileSync(`/sys/dev/block/${device}/stat`, 'latin1').trim().split(/\s+/).map(Number);
    return (numbers[fields.writes] ?? 0) + (numbers[fields.flushes] ?? 0);
  } catch {
    // No block device of its own: btrfs, or one that went away.
    return undefined;
  }
}
