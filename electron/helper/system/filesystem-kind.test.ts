import { expect, test } from 'vitest';
import { filesystemKind } from './filesystem-kind.ts';

test.each([
  ['ext4', { freezable: 'yes', isNetwork: false, isFuse: false, snapshots: null }],
  ['xfs', { freezable: 'yes' }],
  ['btrfs', { freezable: 'yes', snapshots: 'btrfs' }],
  ['zfs', { freezable: 'no', snapshots: 'zfs' }],
  ['overlay', { freezable: 'no' }],
  ['tmpfs', { freezable: 'no', isMemory: true }],
  ['proc', { freezable: 'no', isPseudo: true }],
  ['nfs4', { freezable: 'no', isNetwork: true, isFuse: false }],
  ['fuse.sshfs', { freezable: 'no', isNetwork: true, isFuse: true }],
  ['fuseblk', { freezable: 'no', isNetwork: false, isFuse: true }],
  ['fusectl', { isFuse: false, isPseudo: true }],
  ['vfat', { freezable: 'unknown', isNetwork: false, isFuse: false, isPseudo: false, isMemory: false }],
])('%s', (fsType, expected) => {
  expect(filesystemKind({ fsType })).toMatchObject({ type: fsType, ...expected });
});
