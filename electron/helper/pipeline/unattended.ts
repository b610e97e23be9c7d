import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { MethodPromise } from '../../../shared/domain/preflight.ts';

/** Methods that make whoever writes to a filesystem wait. Every method has to be decided here. */
const holdsWriters: Readonly<Record<QuiesceMethodName, boolean>> = {
  'precopy-freeze': true,
  'fsfreeze-copy': true,
  'btrfs-snapshot': false,
  // The device mapper freezes the filesystem above while it switches.
  'lvm-snapshot': true,
  'zfs-snapshot': false,
  'tarantool-backup': false,
  // The agent inside freezes the machine's filesystems.
  'qemu-backup': true,
  'openstack-image': true,
  live: false,
};

export const notAllowedWords = 'Scheduled runs may not hold filesystems still until that is allowed once.';

/** What a run that nobody watches is promised where it may hold nobody; `isWithheld`: it could have been used. */
export function withoutHolding(
  promise: MethodPromise,
  longestStallMs: number,
): { readonly promise: MethodPromise; readonly isWithheld: boolean } {
  const couldBeUsed = promise.available && promise.expectedStallMs <= longestStallMs;
  if (!holdsWriters[promise.method] || !couldBeUsed) return { promise, isWithheld: false };
  return { promise: { ...promise, available: false, reasons: [notAllowedWords] }, isWithheld: true };
}
