import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../system/mountinfo.ts';
import { placeFacts } from './place-facts.ts';

const facts = (fsType: string) => {
  const [mount] = parseMountinfo(Buffer.from(`36 35 0:99 / /mnt/a\\040b rw - ${fsType} server:/x rw`));
  if (!mount) throw new Error('no mount');
  return placeFacts(mount);
};

describe('the place of a repository', () => {
  it.each([
    'nfs',
    'nfs4',
    'cifs',
    'smb3',
    'fuse.sshfs',
    'fuse.rclone',
    '9p',
    'ceph',
    'afs',
    'davfs',
    'fuse.gvfsd-fuse',
  ])('is on a network: %s', (fsType) =>
    expect(facts(fsType)).toEqual({ mountPoint: '/mnt/a b', removable: false, network: true }),
  );

  it.each(['ext4', 'xfs', 'btrfs', 'vfat', 'exfat', 'fuseblk', 'tmpfs'])('is on this machine: %s', (fsType) =>
    expect(facts(fsType).network).toBe(false),
  );
});
