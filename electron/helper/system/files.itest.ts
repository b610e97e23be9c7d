import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloneFile } from './ioctl.ts';
import { entryOf, openBeneath, openBeneathStepwise } from './openat2.ts';
import { spaceOf } from './space.ts';
import { dataExtents } from './sparse.ts';
import { makeSpecialFile, setModeNoFollow, setTimes } from './special-files.ts';
import { syncFilesystem, syncFilesystemSync } from './sync.ts';
import {
  type LoopFilesystem,
  type LoopFilesystemType,
  openLoopFilesystem,
  whyNoLoopFilesystem,
} from './testing/loop-filesystem.ts';
import { openScratch } from './tmpfile.ts';
import { getXattr, listXattrs, mayHaveXattrs, readXattrs, removeXattr, setXattr } from './xattr.ts';

const { O_RDONLY, O_RDWR, O_CREAT, O_DIRECTORY } = constants;

const types: readonly LoopFilesystemType[] = ['ext4', 'xfs', 'btrfs'];
for (const type of types) {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(`files on ${type}${missing === undefined ? '' : ` (${missing})`}`, () => {
    let filesystem: LoopFilesystem;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 64, dir: '/dev/shm' });
    });
    afterAll(() => filesystem.close());
    const at = (name: string): string => join(filesystem.mountPoint, name);
    const withFd = <T>(path: string, flags: number, use: (fd: number) => T): T => {
      const fd = openSync(path, flags, 0o600);
      try {
        return use(fd);
      } finally {
        closeSync(fd);
      }
    };

    test('extended attributes: any bytes, empty values, descriptors, symlinks not followed', () => {
      writeFileSync(at('attributes'), '');
      symlinkSync('attributes', at('attributes-link'));
      const value = Buffer.from([0, 255, 10, 0]);
      setXattr(at('attributes'), 'user.binary', value);
      setXattr(Buffer.from(at('attributes')), 'user.empty', Buffer.alloc(0));
      setXattr(at('attributes-link'), 'trusted.link', Buffer.from('l'));
      expect(readXattrs(at('attributes'))).toEqual([
        { name: Buffer.from('user.binary'), value },
        { name: Buffer.from('user.empty'), value: Buffer.alloc(0) },
      ]);
      expect(listXattrs(at('attributes-link')).map(String)).toEqual(['trusted.link']);
      withFd(at('attributes'), O_RDONLY, (fd) => {
        expect(getXattr(fd, 'user.binary')).toEqual(value);
        removeXattr(fd, 'user.binary');
        setXattr(fd, 'user.empty', Buffer.from('full'));
      });
      expect(getXattr(at('attributes'), 'user.binary')).toBeUndefined();
      expect(getXattr(at('attributes'), 'user.empty')?.toString()).toBe('full');
      expect(() => setXattr(at('attributes-link'), 'user.link', value)).toThrow(/EPERM|ENOTSUP/);
      expect(() => getXattr(at('absent'), 'user.x')).toThrow(/ENOENT/);
    });

    test('only what has no attribute is called so in its folder, links for themselves', () => {
      writeFileSync(at('with'), '');
      writeFileSync(at('without'), '');
      symlinkSync('with', at('without-link'));
      symlinkSync('without', at('with-link'));
      setXattr(at('with'), 'user.one', Buffer.from('1'));
      setXattr(at('with-link'), 'trusted.one', Buffer.from('1'));
      withFd(at('.'), O_RDONLY, (folder) => {
        expect(mayHaveXattrs(folder, 'with')).toBe(true);
        expect(mayHaveXattrs(folder, Buffer.from('with-link'))).toBe(true);
        // Where the system cannot be asked so, everything may have some.
        const cannotTell = mayHaveXattrs(folder, 'without');
        expect(mayHaveXattrs(folder, 'without-link')).toBe(cannotTell);
        const [major = 0, minor = 0] = release().split('.').map(Number);
        expect(cannotTell).toBe(major < 6 || (major === 6 && minor < 13));
        expect(mayHaveXattrs(folder, 'absent')).toBe(true);
      });
    });

    test('a POSIX ACL is an attribute that can be read and put on another file', () => {
      writeFileSync(at('acl'), '', { mode: 0o640 });
      writeFileSync(at('acl-copy'), '', { mode: 0o640 });
      // Version 2; user::rw-, user:4321:r--, group::r--, mask::r--, other::---
      const acl = Buffer.from(
        '0200000001000600ffffffff02000400e110000004000400ffffffff10000400ffffffff20000000ffffffff',
        'hex',
      );
      setXattr(at('acl'), 'system.posix_acl_access', acl);
      const read = readXattrs(at('acl')).find(({ name }) => name.toString() === 'system.posix_acl_access');
      expect(read?.value).toEqual(acl);
      setXattr(at('acl-copy'), 'system.posix_acl_access', read?.value ?? Buffer.alloc(0));
      expect(getXattr(at('acl-copy'), 'system.posix_acl_access')).toEqual(acl);
    });

    test('data extents: holes before, between and after', () => {
      const block = 65_536;
      const size = 16 * block;
      withFd(at('sparse'), O_RDWR | O_CREAT, (fd) => {
        writeSync(fd, Buffer.alloc(block, 1), 0, block, 2 * block);
        writeSync(fd, Buffer.alloc(block, 1), 0, block, 8 * block);
        writeSync(fd, Buffer.alloc(1), 0, 1, size - 1);
        syncFilesystemSync(fd);
        const extents = dataExtents(fd, size);
        const covers = (at: number): boolean =>
          extents.some(({ offset, length }) => at >= offset && at < offset + length);
        expect([0, 2, 5, 8, 12].map((index) => covers(index * block))).toEqual([false, true, false, true, false]);
        expect(covers(size - 1)).toBe(true);
        expect(dataExtents(fd, 3 * block)).toEqual([{ offset: 2 * block, length: block }]);
      });
      writeFileSync(at('empty'), '');
      withFd(at('empty'), O_RDONLY, (fd) => expect(dataExtents(fd, 0)).toEqual([]));
    });

    test('special files with their device numbers', () => {
      makeSpecialFile(at('fifo'), 'fifo', 0o600);
      makeSpecialFile(at('socket'), 'socket', 0o600);
      makeSpecialFile(at('null'), 'character-device', 0o600, 0x103n);
      // Major 259, minor 300: bits of both halves of the number.
      const rdev = 0x11032cn | (0n << 32n);
      makeSpecialFile(at('disk'), 'block-device', 0o600, rdev);
      expect(lstatSync(at('fifo')).isFIFO()).toBe(true);
      expect(lstatSync(at('socket')).isSocket()).toBe(true);
      expect(lstatSync(at('null'), { bigint: true }).rdev).toBe(0x103n);
      expect(lstatSync(at('null')).isCharacterDevice()).toBe(true);
      expect(lstatSync(at('disk'), { bigint: true }).rdev).toBe(rdev);
      expect(lstatSync(at('disk')).isBlockDevice()).toBe(true);
      expect(() => makeSpecialFile(at('fifo'), 'fifo', 0o600)).toThrow(/EEXIST/);
    });

    test('times to the nanosecond, before the epoch too, of symlinks themselves', () => {
      writeFileSync(at('times'), '');
      symlinkSync('times', at('times-link'));
      const target = statSync(at('times'), { bigint: true });
      setTimes(at('times-link'), 1_000_000_000_123_456_789n, -1_500_000_001n);
      expect(lstatSync(at('times-link'), { bigint: true })).toMatchObject({
        atimeNs: 1_000_000_000_123_456_789n,
        mtimeNs: -1_500_000_001n,
      });
      expect(statSync(at('times'), { bigint: true }).mtimeNs).toBe(target.mtimeNs);
      withFd(at('times'), O_RDONLY, (fd) => setTimes(fd, undefined, 42n));
      expect(statSync(at('times'), { bigint: true })).toMatchObject({ mtimeNs: 42n, atimeNs: target.atimeNs });
    });

    test('modes of an entry itself', () => {
      writeFileSync(at('mode'), '');
      symlinkSync('mode', at('mode-link'));
      setModeNoFollow(at('mode'), 0o4751);
      expect(statSync(at('mode')).mode & 0o7777).toBe(0o4751);
      expect(() => setModeNoFollow(at('mode-link'), 0o600)).toThrow(/ENOTSUP/);
      expect(statSync(at('mode')).mode & 0o7777).toBe(0o4751);
    });

    test('scratch has no name', () => {
      const fd = openScratch(filesystem.mountPoint);
      try {
        writeSync(fd, 'kept');
        expect(statSync(`/proc/self/fd/${fd}`).nlink).toBe(0);
        expect(readFileSync(`/proc/self/fd/${fd}`, 'utf8')).toBe('kept');
      } finally {
        closeSync(fd);
      }
    });

    test('space shrinks by what is written', async () => {
      const before = spaceOf(filesystem.mountPoint);
      expect(before.total).toBeGreaterThanOrEqual(before.free);
      expect(before.free).toBeGreaterThanOrEqual(before.available);
      writeFileSync(at('big'), Buffer.alloc(8 * 1024 * 1024, 7));
      const fd = openSync(at('big'), O_RDONLY);
      await syncFilesystem(fd);
      closeSync(fd);
      await expect(syncFilesystem(fd)).rejects.toMatchObject({ code: 'EBADF', syscall: 'syncfs' });
      expect(before.available - spaceOf(filesystem.mountPoint).available).toBeGreaterThan(4n * 1024n * 1024n);
    });

    test('clones share blocks where the filesystem can', () => {
      writeFileSync(at('original'), 'cloned');
      const clone = (): void =>
        withFd(at('original'), O_RDONLY, (source) =>
          withFd(at('clone'), O_RDWR | O_CREAT, (target) => cloneFile(target, source)),
        );
      if (type === 'ext4') return expect(clone).toThrow(/ENOTSUP/);
      clone();
      expect(readFileSync(at('clone'), 'utf8')).toBe('cloned');
    });

    describe.each([
      ['openat2', (dir: number, path: string | Uint8Array, flags: number) => openBeneath(dir, path, flags)],
      [
        'its fallback',
        (dir: number, path: string | Uint8Array, flags: number) => openBeneathStepwise(dir, path, flags, 0),
      ],
    ] as const)('never leaving a directory, by %s', (name, open) => {
      const base = name.replaceAll(' ', '-');
      let dir: number;
      beforeAll(() => {
        mkdirSync(at(`${base}/in/deep`), { recursive: true });
        writeFileSync(at(`${base}/outside`), 'outside');
        writeFileSync(at(`${base}/in/deep/file`), 'inside');
        symlinkSync('../outside', at(`${base}/in/up`));
        symlinkSync('deep', at(`${base}/in/side`));
        symlinkSync('/etc', at(`${base}/in/absolute`));
        dir = openSync(at(`${base}/in`), O_RDONLY | O_DIRECTORY);
      });
      afterAll(() => closeSync(dir));

      test('opens what is inside', () => {
        for (const path of ['deep/file', './deep//file', Buffer.from('deep/file')]) {
          const fd = open(dir, path, O_RDONLY);
          expect(readFileSync(fd, 'utf8')).toBe('inside');
          closeSync(fd);
        }
        const fd = open(dir, '.', O_RDONLY | O_DIRECTORY);
        expect(statSync(`/proc/self/fd/${fd}`).ino).toBe(statSync(at(`${base}/in`)).ino);
        closeSync(fd);
      });

      test.each(['../outside', 'deep/../../outside', '/etc/passwd', 'up', 'side/file', 'absolute/passwd'])(
        '%s',
        (path) => {
          expect(() => open(dir, path, O_RDONLY)).toThrow(/EXDEV|ELOOP|ENOTDIR/);
        },
      );

      test('reports what is not there', () => {
        expect(() => open(dir, 'deep/absent', O_RDONLY)).toThrow(/ENOENT/);
        expect(() => open(dir, 'de\0ep', O_RDONLY)).toThrow(/EINVAL/);
      });
    });

    test('entries of an open directory are one component', () => {
      const dir = openSync(filesystem.mountPoint, O_RDONLY | O_DIRECTORY);
      try {
        writeFileSync(at('entry'), 'found');
        expect(readFileSync(entryOf(dir, 'entry'), 'utf8')).toBe('found');
        for (const name of ['', '.', '..', 'a/b', '/', 'a\0b']) expect(() => entryOf(dir, name)).toThrow(/EINVAL/);
      } finally {
        closeSync(dir);
      }
    });
  });
}
