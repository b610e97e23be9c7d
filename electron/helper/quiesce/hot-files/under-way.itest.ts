import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { freezeUnguarded, thaw } from '../../system/ioctl.ts';
import {
  type LoopFilesystem,
  openLoopFilesystem,
  whyNoLoopFilesystem,
  withLoopFilesystem,
} from '../../system/testing/loop-filesystem.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { startHotFileWatch } from './index.ts';
import {
  expectedFile,
  killLater,
  neverAborted,
  openHotFile,
  openHotScene,
  readContent,
  reasonOf,
  watchOptions,
  whileFrozen,
} from './testing/scene.ts';
import { startScribe } from './testing/scribe.ts';
import { attachments } from './unseen-writers.ts';

const fileBytes = 1024 * 1024;
const old = Buffer.alloc(fileBytes, 'old content, ');
const inTheMiddle = 'A program (python3) may have been in the middle of writing all the time.';

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'a write under way', () => {
    let filesystem: LoopFilesystem;
    let root: number;
    let path: string;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 300, dir: '/dev/shm' });
      root = openSync(filesystem.mountPoint, 'r');
      path = join(filesystem.mountPoint, 'hot');
    });
    afterAll(async () => {
      closeSync(root);
      await filesystem.close();
    });

    it.each([
      ['pwrite', 8192, 300_000],
      ['truncate', 5000, 0],
      ['punch', 65_536, 65_536],
      ['uring-worker', 8192, 4096],
    ] as const)('%s: let go before the hold and done after the thaw, is kept', async (way, offset, length) => {
      using _killer = killLater(process.pid, 60);
      writeFileSync(path, old);
      await using scene = await openHotScene(root, path);
      const { scribe, file, hot } = scene;
      expect(await hot.prepare([file], neverAborted)).toEqual([]);
      let changed: Promise<void> | undefined;
      const { value } = await whileFrozen(filesystem.mountPoint, () => {
        changed = scribe.change(way, offset, length);
        // It is asked, let go on, and then waits for the thaw.
        sleepSync(400);
        return hot.hold();
      });
      expect(value).toEqual([]);
      await changed;
      const { verdict, bytes } = await readContent(hot.content(file));
      expect(reasonOf(verdict)).toBe('whole');
      expect(bytes.equals(old)).toBe(true);
      expect(hot.account.savedBytes).toBeGreaterThan(0);
    });

    it('past asking before we began to be asked: the file is not taken', async () => {
      using _killer = killLater(process.pid, 60);
      writeFileSync(path, old);
      await using scene = await openHotScene(root, path);
      const { scribe, file, hot } = scene;
      // Somebody else's freeze. The watchdog of the filesystem thaws it should this process hang.
      freezeUnguarded(root);
      let changed: Promise<void>;
      try {
        changed = scribe.change('pwrite', 0, 4096);
        await delay(200);
        expect(await hot.prepare([file], neverAborted)).toEqual([{ file, reason: inTheMiddle }]);
      } finally {
        thaw(root);
      }
      await changed;
    });

    it('in a call that is asked about once and writes for long: it is waited for', async () => {
      using _killer = killLater(process.pid, 60);
      writeFileSync(path, old);
      await using scene = await openHotScene(root, path);
      const { scribe, file, hot } = scene;
      const changed = scribe.change('splice-slowly', 0, 4096);
      await delay(100);
      expect(await hot.prepare([file], neverAborted)).toEqual([]);
      expect(readFileSync(path)[0]).toBe('N'.charCodeAt(0));
      await changed;
    });
  });
});

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(missing ?? 'who writes without asking', () => {
  let filesystem: LoopFilesystem;
  let root: number;
  let path: string;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 100, dir: '/dev/shm' });
    root = openSync(filesystem.mountPoint, 'r');
    path = join(filesystem.mountPoint, 'hot');
  });
  afterAll(async () => {
    closeSync(root);
    await filesystem.close();
  });

  it('a mapping made while we watched', async () => {
    writeFileSync(path, old);
    await using watch = startHotFileWatch(watchOptions(root));
    watch.expect(expectedFile(path));
    await using writer = await startMappedWriter();
    await writer.map(path, 4096);
    using file = openHotFile(path);
    await using hot = watch.newHotFiles();
    const reason = 'A program has it mapped into memory, where its changes cannot be seen.';
    expect(hot.obstacle(file)).toBe(reason);
    expect(await hot.prepare([file], neverAborted)).toEqual([{ file, reason }]);
  });

  it('a mapping made between preparing and holding', async () => {
    writeFileSync(path, old);
    await using watch = startHotFileWatch(watchOptions(root));
    watch.expect(expectedFile(path));
    using file = openHotFile(path);
    await using hot = watch.newHotFiles();
    expect(await hot.prepare([file], neverAborted)).toEqual([]);
    await using writer = await startMappedWriter();
    await writer.map(path, 4096);
    const reason = 'A program mapped it into memory, where its changes cannot be seen.';
    expect((await whileFrozen(filesystem.mountPoint, () => hot.hold())).value).toEqual([{ file, reason }]);
  });

  it('but not a mapping of another file that only has the same number, on another file system', async () => {
    writeFileSync(path, old);
    await using watch = startHotFileWatch(watchOptions(root));
    watch.expect(expectedFile(path));
    await withLoopFilesystem({ type: 'ext4', sizeMiB: 32, dir: '/dev/shm' }, async (elsewhere) => {
      using file = openHotFile(path);
      const twin = join(elsewhere, 'twin');
      for (let made = 0; !existsSync(twin); made += 1) {
        const other = join(elsewhere, String(made));
        writeFileSync(other, old);
        const { ino } = statSync(other, { bigint: true });
        expect(ino).toBeLessThanOrEqual(file.inode);
        if (ino === file.inode) renameSync(other, twin);
      }
      await using writer = await startMappedWriter();
      await writer.map(twin, 4096);
      await using hot = watch.newHotFiles();
      // Somebody who writes is looked for only where somebody has it open for writing.
      await using scribe = startScribe();
      await scribe.open(path);
      expect(hot.obstacle(file)).toBeNull();
    });
  });

  const losetup = async (...args: readonly string[]): Promise<string> =>
    (await runProgramOk(findProgram('losetup') ?? '', [...args])).stdout.toString().trim();

  it('a loop device', async () => {
    writeFileSync(path, old);
    await using watch = startHotFileWatch(watchOptions(root));
    watch.expect(expectedFile(path));
    const device = await losetup('--find', '--show', path);
    try {
      using file = openHotFile(path);
      await using hot = watch.newHotFiles();
      expect(hot.obstacle(file)).toMatch(/^The device loop\d+ is made of it, whose writes cannot be seen\.$/);
    } finally {
      await losetup('--detach', device);
    }
  });

  it('a loop device that came and went while it was copied', async () => {
    writeFileSync(path, old);
    const options = watchOptions(root);
    await using watch = startHotFileWatch({ ...options, steps: { ...options.steps, attachments } });
    watch.expect(expectedFile(path));
    using file = openHotFile(path);
    await using hot = watch.newHotFiles();
    expect(await hot.prepare([file], neverAborted)).toEqual([]);
    expect((await whileFrozen(filesystem.mountPoint, () => hot.hold())).value).toEqual([]);
    await losetup('--detach', await losetup('--find', '--show', path));
    expect(reasonOf((await readContent(hot.content(file))).verdict)).toBe(
      'torn: A loop device or swap space was set up while it was being copied, which may have written to it.',
    );
  });

  it('a program, which may be executed', async () => {
    writeFileSync(path, old, { mode: 0o755 });
    await using watch = startHotFileWatch(watchOptions(root));
    const program = join(filesystem.mountPoint, 'program');
    writeFileSync(program, old, { mode: 0o755 });
    using file = openHotFile(program);
    await using hot = watch.newHotFiles();
    expect(hot.obstacle(file)).toBe('It is a program: it may be executed.');
  });

  it('another process that is asked about the same file system', async () => {
    writeFileSync(path, old);
    const program = `
import ctypes, sys, time
libc = ctypes.CDLL(None)
group = libc.fanotify_init(0x9, 0)
assert libc.fanotify_mark(group, 0x501 | 0x40, ctypes.c_uint64(0x100000), -100, b'${filesystem.mountPoint}') == 0
print('marked', end='', flush=True)
sys.stdin.read()
`;
    const other = spawn('/usr/bin/python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => other.once('exit', resolve));
    try {
      await new Promise((resolve) => other.stdout.once('data', resolve));
      await using watch = startHotFileWatch(watchOptions(root));
      watch.expect(expectedFile(path));
      using file = openHotFile(path);
      await using hot = watch.newHotFiles();
      const reason = 'Another program answers for accesses to this file system, and may change files unseen.';
      expect(await hot.prepare([file], neverAborted)).toEqual([{ file, reason }]);
    } finally {
      other.stdin.end();
      await ended;
    }
  });

  it('anybody after the file system was mounted anew', async () => {
    writeFileSync(path, old);
    await using watch = startHotFileWatch(watchOptions(root));
    watch.expect(expectedFile(path));
    expect(watch.isAlive).toBe(true);
    closeSync(root);
    const run = (name: string, ...args: readonly string[]) => runProgramOk(findProgram(name) ?? '', [...args]);
    try {
      await run('umount', filesystem.mountPoint);
      expect(watch.isAlive).toBe(false);
    } finally {
      await run('mount', '-o', 'loop', filesystem.image, filesystem.mountPoint);
      root = openSync(filesystem.mountPoint, 'r');
    }
    await using scribe = startScribe();
    await scribe.open(path);
    using file = openHotFile(path);
    await using hot = watch.newHotFiles();
    expect(hot.obstacle(file)).toBe('A program has had it open for writing since before Stillpoint watched.');
  });

  it('a file system that does not ask', () => {
    const fd = openSync('/dev/shm', 'r');
    try {
      expect(() => startHotFileWatch(watchOptions(fd))).toThrow(/this kernel or this file system does not ask/);
    } finally {
      closeSync(fd);
    }
  });
});
