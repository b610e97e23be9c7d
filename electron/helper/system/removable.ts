import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mount } from './mountinfo.ts';
import { deviceNumber } from './mounts.ts';

/**
 * Whether a mount's disk can be taken away: its own or its parent's `removable` says so, or it hangs on USB. False where
 * there is no block device. Source: the kernel's Documentation/ABI/stable/sysfs-block.
 */
export function isRemovable(mount: Mount): boolean {
  let device: string;
  try {
    device = realpathSync(join('/sys/dev/block', deviceNumber(mount)));
  } catch {
    return false;
  }
  if (/\/usb\d+\//.test(device)) return true;
  return [device, dirname(device)].some((directory) => {
    try {
      return readFileSync(join(directory, 'removable'), 'latin1').trim() === '1';
    } catch {
      return false;
    }
  });
}
