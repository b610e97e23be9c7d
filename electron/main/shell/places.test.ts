import { describe, expect, it } from 'vitest';
import { parseMountinfo } from './mountinfo.ts';
import { offered } from './places.ts';

describe('places', () => {
  const text = [
    '21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '22 21 0:5 / /proc rw - proc proc rw',
    '30 21 8:17 / /run/media/u/My\\040Disk rw,nosuid shared:9 - exfat /dev/sdb1 rw',
    '31 21 8:17 / /run/media/u/My\\040Disk/again/deeper rw - exfat /dev/sdb1 rw',
    '32 21 8:33 / /mnt/ro ro - iso9660 /dev/sr0 ro',
    '33 21 0:44 / /mnt/nas rw - nfs4 server:/x rw',
    'not a line of mountinfo',
    '',
  ].join('\n');

  it('reads what the kernel writes', () => {
    expect(parseMountinfo(text).find(({ device }) => device === '/dev/sdb1')).toEqual({
      device: '/dev/sdb1',
      number: '8:17',
      mountPoint: '/run/media/u/My Disk',
      filesystem: 'exfat',
      readOnly: false,
    });
  });

  it('offers writable disks once each, and never what may hang', () => {
    expect(offered(parseMountinfo(text)).map(({ mountPoint }) => mountPoint)).toEqual(['/', '/run/media/u/My Disk']);
  });
});
