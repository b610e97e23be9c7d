import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bindMountRecursive, unmount } from '../../system/bind-mounts.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { bind, check, cString } from '../../system/libc.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import type { ChangeTracker, HandleKey, Trackers } from './contract.ts';
import { RecordedChanges, type Told } from './testing/recorded-changes.ts';
import { createTrackers } from './trackers.ts';

const copyFileRange = bind<
  (from: number, fromOffset: null, to: number, toOffset: null, length: number, flags: number) => number
>('intptr_t copy_file_range(int, void *, int, void *, size_t, uint)');
const linkat = bind<(fromDir: number, from: Uint8Array, toDir: number, to: Uint8Array, flags: number) => number>(
  'int linkat(int, void *, int, void *, int)',
);
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const O_TMPFILE = 0o20000000 | fs.constants.O_DIRECTORY;
const O_PATH = 0o10000000;

async function run(program: string, ...arguments_: string[]): Promise<string> {
  return (await runProgramOk(findProgram(program) ?? program, arguments_)).stdout.toString().trim();
}

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'a tracker', () => {
    let filesystem: LoopFilesystem;
    let folder: string;
    let trackers: Trackers;
    let tracker: ChangeTracker;
    let heard: RecordedChanges;
    let count = 0;

    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 120 });
      trackers = createTrackers();
      const fd = fs.openSync(filesystem.mountPoint, 'r');
      tracker = trackers.track(fd);
      fs.closeSync(fd);
    });
    afterAll(async () => {
      tracker[Symbol.dispose]();
      await filesystem.close();
    });

    let subscription: Disposable;
    beforeEach(() => {
      count += 1;
      folder = join(filesystem.mountPoint, `test${count}`);
      fs.mkdirSync(join(folder, 'a'), { recursive: true });
      fs.mkdirSync(join(folder, 'b'));
      fs.writeFileSync(at('a/file'), Buffer.alloc(16384, 1));
      fs.linkSync(at('a/file'), at('a/other-name'));
      heard = new RecordedChanges();
      subscription = tracker.subscribe(heard);
      heard.takeFrom(tracker);
    });
    afterEach(() => {
      subscription[Symbol.dispose]();
      expect(heard.doubts).toEqual([]);
    });

    const at = (path: string): string => join(folder, path);
    const key = (path: string): HandleKey => {
      const fd = fs.openSync(at(path), O_PATH | fs.constants.O_NOFOLLOW);
      try {
        return tracker.keyOf(fd);
      } finally {
        fs.closeSync(fd);
      }
    };
    /** What was told of each of these, in their order; and that nothing was told of anything else. */
    const told = (...keys: HandleKey[]): Told[][] => {
      const all = heard.takeFrom(tracker);
      expect([...all.keys()].filter((each) => !keys.includes(each))).toEqual([]);
      return keys.map((each) => [...(all.get(each) ?? [])].sort());
    };

    const changesOfContent: Record<string, (fd: number, path: string) => unknown> = {
      'a write': (fd) => fs.writeSync(fd, 'x', 0),
      'a write behind the end': (fd) => fs.writeSync(fd, 'x', 20000),
      'a truncation': (fd) => fs.ftruncateSync(fd, 10),
      'a truncation by path': (_, path) => fs.truncateSync(path, 10),
      'a growth': (fd) => fs.ftruncateSync(fd, 100000),
      'opening with O_TRUNC': (_, path) => fs.closeSync(fs.openSync(path, 'w')),
      O_DIRECT: (_, path) =>
        run('dd', 'if=/dev/zero', `of=${path}`, 'oflag=direct', 'conv=notrunc', 'bs=4096', 'count=1', 'status=none'),
      'an allocation': (_, path) => run('fallocate', '-l', '64K', path),
      'a hole': (_, path) => run('fallocate', '--punch-hole', '-o', '0', '-l', '4096', path),
      copy_file_range: (fd) => {
        const from = fs.openSync(at('a/source'), 'r');
        check(copyFileRange(from, null, fd, null, 4096, 0), 'copy_file_range');
        fs.closeSync(from);
      },
    };
    it.each(Object.keys(changesOfContent))('%s is told as content', async (name) => {
      fs.writeFileSync(at('a/source'), Buffer.alloc(8192, 2));
      const file = key('a/file');
      const fd = fs.openSync(at('a/file'), 'r+');
      heard.takeFrom(tracker);
      await changesOfContent[name]?.(fd, at('a/file'));
      expect(told(file)).toEqual([['content', 'metadata']]);
      fs.closeSync(fd);
    });

    it('a file that is unlinked and open is told of when written', () => {
      const fd = fs.openSync(at('a/lonely'), 'w+');
      const lonely = key('a/lonely');
      heard.takeFrom(tracker);
      fs.unlinkSync(at('a/lonely'));
      expect(told(key('a'), lonely)).toEqual([['metadata', 'names'], ['metadata']]);
      fs.writeSync(fd, 'x');
      expect(told(lonely)).toEqual([['content', 'metadata']]);
      fs.closeSync(fd);
    });

    it('owner, mode, times and attributes are told as metadata, of folders too', () => {
      const [file, directory] = [key('a/file'), key('a')];
      fs.chmodSync(at('a/file'), 0o600);
      expect(told(file)).toEqual([['metadata']]);
      fs.chownSync(at('a/other-name'), 1, 1);
      expect(told(file)).toEqual([['metadata']]);
      fs.utimesSync(at('a/file'), 1, 1);
      expect(told(file)).toEqual([['metadata']]);
      fs.chmodSync(at('a'), 0o700);
      expect(told(directory)).toEqual([['metadata']]);
    });

    it('an extended attribute is told as metadata', async () => {
      const file = key('a/file');
      await run('python3', '-c', `import os; os.setxattr(${JSON.stringify(at('a/file'))}, 'user.x', b'y')`);
      expect(told(file)).toEqual([['metadata']]);
    });

    it('new, linked and removed names are told of their folder, and the link count of the inode', () => {
      const [a, b, file] = [key('a'), key('b'), key('a/file')];
      fs.linkSync(at('a/file'), at('b/third'));
      expect(told(b, file)).toEqual([['metadata', 'names'], ['metadata']]);
      fs.unlinkSync(at('a/other-name'));
      expect(told(a, file)).toEqual([['metadata', 'names'], ['metadata']]);
      fs.symlinkSync('x', at('a/link'));
      fs.mkdirSync(at('a/folder'));
      expect(told(a)).toEqual([['metadata', 'names']]);
      fs.rmdirSync(at('a/folder'));
      expect(told(a)).toEqual([['metadata', 'names']]);
    });

    it('a file is renamed over another: both folders, who moved, and who lost its name', () => {
      fs.writeFileSync(at('b/victim'), 'v');
      fs.linkSync(at('b/victim'), at('b/survives'));
      heard.takeFrom(tracker);
      const [a, b, file, victim] = [key('a'), key('b'), key('a/file'), key('b/victim')];
      fs.renameSync(at('a/file'), at('b/victim'));
      expect(told(a, b, file, victim)).toEqual([
        ['metadata', 'names'],
        ['metadata', 'names'],
        ['metadata'],
        ['metadata'],
      ]);
    });

    it('a folder is moved, out of the source and into it', () => {
      fs.mkdirSync(at('a/moved/deep'), { recursive: true });
      heard.takeFrom(tracker);
      const [a, b, moved] = [key('a'), key('b'), key('a/moved')];
      fs.renameSync(at('a/moved'), at('b/moved'));
      expect(told(a, b, moved)).toEqual([['metadata', 'names'], ['metadata', 'names'], ['metadata']]);
      expect(key('b/moved')).toBe(moved);
    });

    it('a file without a name is told of when written, and its folder when it gets one', () => {
      const fd = fs.openSync(at('a'), O_TMPFILE | fs.constants.O_RDWR);
      const [a, nameless] = [key('a'), tracker.keyOf(fd)];
      heard.takeFrom(tracker);
      fs.writeSync(fd, 'x');
      expect(told(nameless)).toEqual([['content', 'metadata']]);
      check(
        linkat(AT_FDCWD, cString(`/proc/self/fd/${fd}`), AT_FDCWD, cString(at('a/named')), AT_SYMLINK_FOLLOW),
        'linkat',
      );
      expect(told(a, nameless)).toEqual([['metadata', 'names'], ['metadata']]);
      expect(key('a/named')).toBe(nameless);
      fs.closeSync(fd);
    });

    it('changes through a bind mount are told', () => {
      using elsewhere = scratchFolder('bind');
      const file = key('a/file');
      bindMountRecursive(folder, elsewhere.path);
      try {
        fs.writeFileSync(join(elsewhere.path, 'a/file'), 'through the other mount');
      } finally {
        unmount(elsewhere.path);
      }
      expect(told(file)).toEqual([['content', 'metadata']]);
    });

    it('changes through an overlay mount are told of the file below', async () => {
      for (const name of ['upper', 'work', 'lower', 'merged']) fs.mkdirSync(at(name));
      fs.writeFileSync(at('upper/file'), 'x');
      const file = key('upper/file');
      await run(
        'mount',
        '-t',
        'overlay',
        'overlay',
        '-o',
        `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`,
        at('merged'),
      );
      heard.takeFrom(tracker);
      try {
        fs.writeFileSync(at('merged/file'), 'changed');
        expect([...(heard.takeFrom(tracker).get(file) ?? [])].sort()).toEqual(['content', 'metadata']);
      } finally {
        unmount(at('merged'));
      }
    });

    it('reading, listing and looking are no changes', () => {
      const fd = fs.openSync(at('a/file'), 'r');
      fs.readSync(fd, Buffer.alloc(100));
      fs.closeSync(fd);
      fs.readdirSync(at('a'));
      fs.statSync(at('a/file'));
      expect(told()).toEqual([]);
    });

    it('what is told nowhere: stores through a mapping until it goes', async () => {
      const file = key('a/file');
      await using writer = await startMappedWriter();
      await writer.map(at('a/file'), 4096);
      await writer.store(0, 9);
      expect(told()).toEqual([]);
      await writer.unmap();
      expect(told(file)).toEqual([['content', 'metadata']]);
    });

    it('what is told nowhere: writes through a loop device', async () => {
      fs.writeFileSync(at('a/image'), Buffer.alloc(1024 * 1024));
      const device = await run('losetup', '--find', '--show', at('a/image'));
      try {
        heard.takeFrom(tracker);
        await run('dd', 'if=/dev/urandom', `of=${device}`, 'bs=4096', 'count=1', 'conv=fsync', 'status=none');
        expect(fs.readFileSync(at('a/image')).subarray(0, 4096).equals(Buffer.alloc(4096))).toBe(false);
        expect(told()).toEqual([]);
      } finally {
        await run('losetup', '--detach', device);
      }
    });

    it('an entry of an open folder has the same key as its descriptor, and none when it is gone', () => {
      const fd = fs.openSync(at('a'), 'r');
      fs.symlinkSync('nowhere', at('a/link'));
      expect(tracker.keyAt(fd, Buffer.from('file'))).toBe(key('a/file'));
      expect(tracker.keyAt(fd, Buffer.from('other-name'))).toBe(key('a/file'));
      expect(tracker.keyAt(fd, Buffer.from('link'))).toBe(key('a/link'));
      expect(tracker.keyAt(fd, Buffer.from('link'))).not.toBe(key('a/file'));
      expect(tracker.keyAt(fd, Buffer.from('gone'))).toBeUndefined();
      fs.closeSync(fd);
    });

    it('an inode number that is used again has another key', () => {
      const seen = new Map<number, HandleKey>();
      let reused = 0;
      for (let round = 0; round < 200; round += 1) {
        fs.writeFileSync(at('a/again'), 'x');
        const { ino } = fs.statSync(at('a/again'));
        const now = key('a/again');
        if (seen.has(ino)) reused += 1;
        for (const earlier of seen.values()) expect(now).not.toBe(earlier);
        seen.set(ino, now);
        fs.unlinkSync(at('a/again'));
      }
      // btrfs gives out each number once.
      if (type !== 'btrfs') expect(reused).toBeGreaterThan(0);
    });

    it('is told while the filesystem is frozen', async () => {
      const file = key('a/file');
      fs.writeFileSync(at('a/file'), 'just before');
      await run('fsfreeze', '--freeze', filesystem.mountPoint);
      let inside: Told[][];
      try {
        inside = told(file);
      } finally {
        await run('fsfreeze', '--unfreeze', filesystem.mountPoint);
      }
      expect(inside).toEqual([['content', 'metadata']]);
    });
  });
});
