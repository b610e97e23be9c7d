import { isKernelAtLeast, kernelRelease } from '../../system/machine.ts';

/** Filesystems with multigrain stamps. Measured in fine-ctimes.itest.ts. */
const fine: ReadonlySet<string> = new Set(['ext4', 'xfs', 'btrfs']);

/**
 * Whether a change after a look at a file's ctime always bears another one, however soon it comes: the kernel remembers that
 * a ctime was asked for, and stamps the next change by a finer clock. Linux 6.13. Source: Documentation/filesystems/
 * multigrain-ts.rst.
 */
export function hasFineCtimes(fsType: string): boolean {
  return fine.has(fsType) && isKernelAtLeast(kernelRelease(), 6, 13);
}
