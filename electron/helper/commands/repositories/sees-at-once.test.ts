import { describe, expect, it } from 'vitest';
import { isOfThisKernel, seesAtOnce } from './sees-at-once.ts';

describe('whether a place shows every file at once', () => {
  it.each(['ext4', 'xfs', 'btrfs', 'vfat', 'tmpfs'])('it does on %s', (fsType) => {
    expect(isOfThisKernel({ fsType })).toBe(true);
  });

  it.each(['nfs4', 'cifs', '9p', 'virtiofs', 'fuse.sshfs', 'fuseblk', 'gfs2', 'ocfs2', 'overlay', 'something-new'])(
    'that is not said of %s',
    (fsType) => expect(isOfThisKernel({ fsType })).toBe(false),
  );

  it('nor of a place that is not there', () => {
    expect(seesAtOnce('/proc/self/fd/nothing')).toBe(false);
  });
});
