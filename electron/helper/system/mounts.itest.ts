import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backingOf, loopDevices, mountsBackedBy } from './backing.ts';
import { bindMountReadOnly, bindMountRecursive, unmount } from './bind-mounts.ts';
import { runProgramOk } from './exec.ts';
import { deviceNumber, listMounts, mountOf, mountsBelow, mountsOfSameFilesystem } from './mounts.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from './testing/loop-filesystem.ts';

const missing = whyNoLoopFilesystem('ext4') ?? whyNoLoopFilesystem('btrfs');
describe.skipIf(missing !== undefined)(`mounts${missing === undefined ? '' : ` (${missing})`}`, () => {
  let filesystem: LoopFilesystem;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
  });
  afterAll(() => filesystem.close());
  const at = (name: string): string => join(filesystem.mountPoint, name);
  const directory = (name: string): string => {
    mkdirSync(at(name), { recursive: true });
    return at(name);
  };

  test('a path lies on its mount, whatever it is called', () => {
    directory('a/b');
    expect(mountOf(at('a/b'))).toMatchObject({ mountPoint: filesystem.mountPoint, fsType: 'ext4' });
    expect(mountOf('/proc/self')).toMatchObject({ fsType: 'proc' });
    expect(() => mountOf(at('absent'))).toThrow(/ENOENT/);
  });

  test('a bind mount is another mount of the same filesystem, read-only for who comes that way', () => {
    const source = directory('bind-source');
    const target = directory('bind-target');
    writeFileSync(join(source, 'file'), 'one');
    bindMountReadOnly(source, target);
    try {
      const mount = mountOf(target);
      expect(mount).toMatchObject({ mountPoint: target, root: '/bind-source' });
      expect(mount.options).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']));
      expect(readFileSync(join(target, 'file'), 'utf8')).toBe('one');
      expect(() => writeFileSync(join(target, 'file'), 'two')).toThrow(/EROFS/);
      expect(mountsOfSameFilesystem(mount).map(({ mountPoint }) => mountPoint)).toEqual([
        filesystem.mountPoint,
        target,
      ]);
    } finally {
      unmount(target);
    }
    expect(mountOf(target).mountPoint).toBe(filesystem.mountPoint);
    expect(() => unmount(target)).toThrow(/EINVAL/);
  });

  test('mounts below a directory: seen ones only, and not the directory’s own', async () => {
    const outer = directory('outer');
    const tmpfs = async (path: string): Promise<void> =>
      void (await runProgramOk('/usr/bin/mount', ['-t', 'tmpfs', 'tmpfs', path]));
    await tmpfs(outer);
    mkdirSync(join(outer, 'inner'));
    await tmpfs(join(outer, 'inner'));
    expect(mountsBelow(at('.')).map(({ mountPoint }) => mountPoint)).toEqual([outer, join(outer, 'inner')]);
    expect(mountsBelow(outer).map(({ mountPoint }) => mountPoint)).toEqual([join(outer, 'inner')]);
    await tmpfs(outer);
    expect(mountsBelow(at('.')).map(({ mountPoint }) => mountPoint)).toEqual([outer]);
    expect(listMounts().filter(({ mountPoint }) => mountPoint.startsWith(outer))).toHaveLength(3);
    const copy = directory('copy');
    unmount(outer);
    bindMountRecursive(outer, copy);
    expect(mountsBelow(copy).map(({ mountPoint }) => mountPoint)).toEqual([join(copy, 'inner')]);
    for (const path of [join(copy, 'inner'), copy, join(outer, 'inner'), outer]) unmount(path);
    expect(mountsBelow(at('.'))).toEqual([]);
  });

  test('what a filesystem stands on, down to the disk below the file below the loop device', async () => {
    const inner = await openLoopFilesystem({ type: 'btrfs', sizeMiB: 120, dir: filesystem.mountPoint }).catch(
      () => null,
    );
    // The image has to fit: it is sparse, but mkfs writes some of it.
    if (inner === null) throw new Error('no room for the inner filesystem');
    try {
      const outerLoop = filesystem.device.replace('/dev/', '');
      const innerLoop = backingOf(inner.mount)[0];
      expect(innerLoop).toMatchObject({ kind: 'device', name: expect.stringMatching(/^loop\d+$/) });
      const layers = backingOf(inner.mount);
      expect(layers.filter((layer) => layer.kind === 'file').map(({ path }) => path)).toEqual([
        inner.image,
        filesystem.image,
      ]);
      expect(layers.flatMap((layer) => (layer.kind === 'device' ? [layer.name] : []))).toContain(outerLoop);
      expect(mountsBackedBy(filesystem.mount).map(({ mountPoint }) => mountPoint)).toEqual([inner.mountPoint]);
      expect(mountsBackedBy(inner.mount)).toEqual([]);
      const device = loopDevices().find(({ backingFile }) => backingFile === inner.image);
      expect(device?.fileMount?.mountPoint).toBe(filesystem.mountPoint);
      expect(loopDevices().some(({ number }) => number === deviceNumber(filesystem.mount))).toBe(true);
    } finally {
      await inner.close();
    }
  });

  test('memory and pseudo filesystems stand on nothing', () => {
    expect(backingOf(mountOf('/proc'))).toEqual([]);
  });
});
