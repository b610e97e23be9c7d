import { z } from 'zod';

/** Quiesce methods, as recorded in evidence. `foreign` marks snapshots that another program made. */
export const quiesceMethods = [
  'precopy-freeze',
  'fsfreeze-copy',
  'btrfs-snapshot',
  'lvm-snapshot',
  'zfs-snapshot',
  'tarantool-backup',
  'qemu-backup',
  'openstack-image',
  'live',
] as const;
export const quiesceMethodSchema = z.enum(quiesceMethods);
export type QuiesceMethodName = (typeof quiesceMethods)[number];
