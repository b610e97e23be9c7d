import type { Mount } from './mountinfo.ts';

export interface FilesystemKind {
  readonly type: string;
  /**
   * `yes`: known to answer FIFREEZE. `no`: known to refuse it (EOPNOTSUPP), or not to be asked (a FUSE or network
   * filesystem waits for somebody else). `unknown`: try it.
   */
  readonly freezable: 'yes' | 'no' | 'unknown';
  readonly isNetwork: boolean;
  readonly isFuse: boolean;
  /** Holds no files of its own: proc, sysfs, cgroups and the like. */
  readonly isPseudo: boolean;
  /** Gone with the power. */
  readonly isMemory: boolean;
  /** Can take atomic snapshots of itself. */
  readonly snapshots: 'btrfs' | 'zfs' | 'bcachefs' | null;
}

// Those that implement freeze_fs in Linux, or take the generic path on a block device. Measured: ext4, xfs, btrfs.
const freezable = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'f2fs',
  'jfs',
  'reiserfs',
  'nilfs2',
  'gfs2',
  'bcachefs',
]);
const network = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  '9p',
  'afs',
  'ceph',
  'glusterfs',
  'lustre',
  'beegfs',
  'coda',
  'orangefs',
  'ncpfs',
  'virtiofs',
  'vboxsf',
  'prl_fs',
]);
const pseudo = new Set([
  'proc',
  'sysfs',
  'cgroup',
  'cgroup2',
  'devpts',
  'debugfs',
  'tracefs',
  'securityfs',
  'pstore',
  'bpf',
  'configfs',
  'fusectl',
  'mqueue',
  'hugetlbfs',
  'binfmt_misc',
  'autofs',
  'efivarfs',
  'rpc_pipefs',
  'selinuxfs',
  'nsfs',
  'smackfs',
]);
const memory = new Set(['tmpfs', 'ramfs', 'devtmpfs']);
const refusing = new Set([
  'overlay',
  'squashfs',
  'erofs',
  'iso9660',
  'udf',
  'ecryptfs',
  'aufs',
  'zfs',
  'cramfs',
  'romfs',
]);

/** What a filesystem type lets us do. From its name alone: nothing is touched. */
export function filesystemKind(mount: Pick<Mount, 'fsType'>): FilesystemKind {
  const type = mount.fsType;
  // fuseblk (ntfs-3g, exfat-fuse) sits on a block device and is still answered by a process.
  const isFuse = type === 'fuse' || type === 'fuseblk' || type.startsWith('fuse.');
  const isNetwork =
    network.has(type) || /^fuse\.(sshfs|rclone|s3fs|gcsfuse|davfs|glusterfs)/.test(type) || type === 'davfs';
  const isPseudo = pseudo.has(type);
  const isMemory = memory.has(type);
  const refuses = isFuse || isNetwork || isPseudo || isMemory || refusing.has(type);
  return {
    type,
    freezable: refuses ? 'no' : freezable.has(type) ? 'yes' : 'unknown',
    isNetwork,
    isFuse,
    isPseudo,
    isMemory,
    snapshots: type === 'btrfs' || type === 'zfs' || type === 'bcachefs' ? type : null,
  };
}
