import { filesystemKind } from '../../system/filesystem-kind.ts';
import type { Mount } from '../../system/mounts.ts';

/**
 * Filesystems where every first store into a clean page of a shared mapping moves the file's ctime, and where a lease
 * tells whether anybody can write: both measured (mapped-writes.itest.ts). Missing on purpose: tmpfs (a page that was
 * read first can be stored into without a trace), overlay (leases do not see mappings), FUSE and network filesystems
 * (other machines write unseen). What is not listed can never be shown to have been quiet.
 */
const tracing: ReadonlySet<string> = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs']);

export function tracesMappedWrites(fsType: string): boolean {
  return tracing.has(fsType);
}

/** Nobody at all can write: the whole filesystem is read-only, and local, and no other lies below it. */
export function isImmutable(mount: Mount): boolean {
  const isOnDisk = tracing.has(mount.fsType) || ['squashfs', 'erofs', 'iso9660', 'udf'].includes(mount.fsType);
  return isOnDisk && mount.superOptions.includes('ro');
}

/** Mappings there are of the files below, which a lease above does not see. */
const stacked: ReadonlySet<string> = new Set(['overlay', 'aufs', 'ecryptfs']);

/** Whether everybody who can write to a file is known to the lease that the writer probe asks for. */
export function probeSeesEveryWriter(mount: Pick<Mount, 'fsType'>): boolean {
  const { isNetwork, isFuse } = filesystemKind(mount);
  return !isNetwork && !isFuse && !stacked.has(mount.fsType);
}

/**
 * A first store into a clean page of a mapping stamps the file, and only then makes the page dirty. In between it may wait
 * for the disk (for an extent that is being written on btrfs, for the journal elsewhere) or for a lock (FIDEDUPERANGE holds
 * that of both files while it compares), and a flush that begins and ends meanwhile does not see that page. Measured: up to
 * 32 ms beside writers, over 50 ms beside a program that deduplicates, 846 ms on a slow disk. Only a freeze waits for them.
 */
export const longestFaultNs = 2_000_000_000n;
