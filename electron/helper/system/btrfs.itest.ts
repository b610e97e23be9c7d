import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  btrfsIdentity,
  createReadOnlySnapshot,
  deleteSubvolume,
  pathOfInode,
  subvolumeInfo,
  subvolumeRootInode,
} from './btrfs.ts';
import { runProgramOk } from './exec.ts';
import { openDetachedMount } from './mount-calls.ts';
import { listMounts } from './mounts.ts';
import { openAt } from './open-at.ts';
import { statxDescriptor } from './statx.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from './testing/loop-filesystem.ts';

const missing = whyNoLoopFilesystem('btrfs');

describe.skipIf(missing !== undefined)(missing ?? 'btrfs', () => {
  test('a snapshot is made, known from its source, and deleted by its id', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (mountPoint, { device }) => {
      writeFileSync(join(mountPoint, 'file'), 'content');
      const top = openSync(mountPoint, 'r');
      try {
        expect(btrfsIdentity(top)).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), device });
        const source = subvolumeInfo(top);
        expect(source).toMatchObject({ id: 5n, parentId: 0n, isReadOnly: false });
        await createReadOnlySnapshot(top, 'copy', top);
        const fd = openAt(top, 'copy', 0);
        const made = subvolumeInfo(fd);
        closeSync(fd);
        expect(made).toMatchObject({ name: 'copy', parentId: 5n, isReadOnly: true, parentUuid: source.uuid });
        expect(() => writeFileSync(join(mountPoint, 'copy', 'file'), 'x')).toThrow(/EROFS/);
        // By another name by then: the id is what counts.
        renameSync(join(mountPoint, 'copy'), join(mountPoint, 'renamed'));
        await deleteSubvolume(top, made.id);
        await expect(deleteSubvolume(top, made.id)).rejects.toMatchObject({ code: 'ENOENT' });
        expect(() => openAt(top, 'renamed', 0)).toThrow(/ENOENT/);
      } finally {
        closeSync(top);
      }
    });
  });

  test('an inode leads to its path', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, (mountPoint) => {
      const name = Buffer.from([0xff, 0x61, 0x20]);
      mkdirSync(Buffer.concat([Buffer.from(`${mountPoint}/`), name]));
      const top = openSync(mountPoint, 'r');
      const inner = openAt(top, name, 0);
      try {
        expect(pathOfInode(top, statxDescriptor(inner).inode)).toEqual(name);
        expect(pathOfInode(top, subvolumeRootInode)).toEqual(Buffer.alloc(0));
        expect(() => pathOfInode(top, 999_999n)).toThrow(/ENOENT/);
      } finally {
        closeSync(inner);
        closeSync(top);
      }
    });
  });

  test('what is no btrfs says so, and a name too long is not cut', async () => {
    const fd = openSync('/proc/self', 'r');
    expect(() => subvolumeInfo(fd)).toThrow(/ENOTTY/);
    expect(() => btrfsIdentity(fd)).toThrow(/ENOTTY/);
    await expect(createReadOnlySnapshot(fd, 'x'.repeat(256), fd)).rejects.toThrow(RangeError);
    closeSync(fd);
  });
});

describe.skipIf(missing !== undefined)(missing ?? 'a mount that is nowhere', () => {
  test('shows a filesystem to who has it open and to nobody else, and is gone with it', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (mountPoint, { device }) => {
      await runProgramOk('/usr/bin/btrfs', ['subvolume', 'create', join(mountPoint, 'inner')]);
      const before = listMounts().length;
      const fd = await openDetachedMount({
        ...{ type: 'btrfs', source: device, options: { subvol: 'inner' }, isReadOnly: true },
      });
      try {
        expect(listMounts()).toHaveLength(before);
        writeFileSync(join(mountPoint, 'inner', 'file'), 'seen');
        closeSync(openAt(fd, 'file', 0));
        expect(() => mkdirSync(`/proc/self/fd/${fd}/folder`)).toThrow(/EROFS/);
      } finally {
        closeSync(fd);
      }
      // Unmounting the filesystem at the end would say that it is busy, had anything stayed.
    });
  });

  test('says what the kernel says when it cannot be made', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (_mountPoint, { device }) => {
      const mounting = openDetachedMount({ type: 'ext4', source: device, isReadOnly: true });
      await expect(mounting).rejects.toMatchObject({ syscall: expect.stringMatching(/^mount/) });
      const unknown = openDetachedMount({
        type: 'btrfs',
        source: device,
        options: { nonsense: 'x' },
        isReadOnly: true,
      });
      await expect(unknown).rejects.toThrow(/nonsense/);
    });
  });
});
