import { describe, expect, test } from 'vitest';
import { isHidden, isInside, type Mount, parseMountinfo } from './mountinfo.ts';

const sample = [
  '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro',
  '31 22 0:27 / /mnt/with\\040space rw master:3 propagate_from:2 - fuse.sshfs me@host:/a\\134b rw,user_id=0',
  '40 22 0:45 /sub /data rw - btrfs /dev/sdb rw,subvol=/sub',
  'nonsense',
  '41 22 0:46 / /un\\303\\274 rw - tmpfs tmpfs rw',
  '',
].join('\n');

function mount(id: number, parentId: number, mountPoint: string): Mount {
  return {
    id,
    parentId,
    major: 0,
    minor: id,
    root: '/',
    mountPoint,
    options: [],
    fsType: 'tmpfs',
    source: '',
    superOptions: [],
  };
}

describe('parseMountinfo', () => {
  const mounts = parseMountinfo(Buffer.from(sample));

  test('reads lines with any number of optional fields, and leaves out what is none', () => {
    expect(mounts.map(({ id, fsType }) => [id, fsType])).toEqual([
      [22, 'ext4'],
      [31, 'fuse.sshfs'],
      [40, 'btrfs'],
      [41, 'tmpfs'],
    ]);
  });

  test('undoes the kernel’s escapes', () => {
    expect(mounts[1]).toMatchObject({ mountPoint: '/mnt/with space', source: 'me@host:/a\\b' });
    expect(mounts[3]?.mountPoint).toBe('/unü');
  });

  test('keeps device, root and options apart', () => {
    expect(mounts[2]).toMatchObject({
      parentId: 22,
      major: 0,
      minor: 45,
      root: '/sub',
      options: ['rw'],
      superOptions: ['rw', 'subvol=/sub'],
    });
  });
});

test('isInside is about components, not letters', () => {
  expect(isInside('/a/b', '/a')).toBe(true);
  expect(isInside('/ab', '/a')).toBe(false);
  expect(isInside('/a', '/a')).toBe(false);
  expect(isInside('/a', '/')).toBe(true);
  expect(isInside('/', '/')).toBe(false);
});

describe('isHidden', () => {
  const root = mount(1, 0, '/');

  test('plain mounts are seen', () => {
    const all = [root, mount(2, 1, '/a'), mount(3, 2, '/a/b')];
    expect(all.map((each) => isHidden(each, all))).toEqual([false, false, false]);
  });

  test('a mount that another one is stacked upon is hidden, the upper one is not', () => {
    const all = [root, mount(2, 1, '/a'), mount(3, 2, '/a')];
    expect(all.map((each) => isHidden(each, all))).toEqual([false, true, false]);
  });

  test('what lies below a hidden mount is hidden with it; what lies on the upper one is seen', () => {
    const all = [root, mount(2, 1, '/a'), mount(3, 2, '/a/b'), mount(4, 2, '/a'), mount(5, 4, '/a/b')];
    expect(all.map((each) => isHidden(each, all))).toEqual([false, true, true, false, false]);
  });

  test('a mount below a directory that was mounted over later is hidden', () => {
    const all = [root, mount(2, 1, '/a/b'), mount(3, 1, '/a')];
    expect(all.map((each) => isHidden(each, all))).toEqual([false, true, false]);
  });
});
