import { readFileSync } from 'node:fs';

/** Milliseconds during which a request was under way, since boot: a field of /sys/dev/block/DEVICE/stat, from 0. Source: Documentation/block/stat.rst. */
const ioTicks = 9;

/**
 * How much of the time since the call before a block device (`8:1`) was at work, 0 to 1, whoever kept it so. Undefined where
 * that cannot be told: no block device of its own (btrfs, network), or one that went away.
 */
export function diskUse(
  device: string,
  root = '/sys/dev/block',
  now = () => performance.now(),
): (() => number) | undefined {
  let before = ticksOf(device, root);
  if (before === undefined) return undefined;
  let beforeMs = now();
  return () => {
    const ticks = ticksOf(device, root) ?? before ?? 0;
    const atMs = now();
    const share = (ticks - (before ?? 0)) / Math.max(1, atMs - beforeMs);
    before = ticks;
    beforeMs = atMs;
    return Math.min(1, Math.max(0, share));
  };
}

function ticksOf(device: string, root: string): number | undefined {
  try {
    const field = readFileSync(`${root}/${device}/stat`, 'latin1').trim().split(/\s+/)[ioTicks];
    const ticks = Number(field);
    return field === undefined || Number.isNaN(ticks) ? undefined : ticks;
  } catch {
    return undefined;
  }
}
