import { readFileSync } from 'node:fs';
import { isKernelAtLeast, type KernelRelease, kernelRelease } from '../../system/machine.ts';

/** For people. */
export const overlayWritesAreUntold =
  'This kernel does not tell of changes that containers make through overlay filesystems; Linux 6.5 and later does.';

/**
 * Whether files here may be changed through an overlay filesystem without an event. Before Linux 6.5 its writes to the
 * files below raise none. One may come and go between two looks: that the kernel knows overlays at all is enough.
 */
export function mayOverlaysWriteUntold(
  kernel: KernelRelease = kernelRelease(),
  knownFilesystems: () => string = () => readFileSync('/proc/filesystems', 'latin1'),
): boolean {
  return !isKernelAtLeast(kernel, 6, 5) && /\toverlay$/m.test(knownFilesystems());
}
