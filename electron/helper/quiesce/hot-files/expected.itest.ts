import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFilesystemSource } from '../../sources/index.ts';
import { findProgram } from '../../system/exec.ts';
import { plainFileOps } from '../../system/file-ops.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { pause } from '../pause.ts';
import { ExpectedFiles } from './expected-files.ts';
import { newHotFileWatches } from './index.ts';
import { neverAborted } from './testing/scene.ts';

const missing = whyNoLoopFilesystem('ext4');

describe.skipIf(missing !== undefined)(missing ?? 'files that are waited for', () => {
  let filesystem: LoopFilesystem;
  let outside: string;
  const at = (name: string): string => join(filesystem.mountPoint, name);
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
    outside = mkdtempSync(join(tmpdir(), 'stillpoint-outside-'));
  });
  afterAll(async () => {
    rmSync(outside, { recursive: true });
    await filesystem.close();
  });

  it('are opened as the source is read: a folder on the way that became a link leads nowhere', async () => {
    mkdirSync(at('source/folder'), { recursive: true });
    writeFileSync(at('source/folder/disk'), 'mine');
    writeFileSync(join(outside, 'disk'), 'of somebody else');
    const source = createFilesystemSource({ files: plainFileOps });
    const spec = { kind: 'filesystem' as const, path: at('source'), excludes: [], excludePresets: [], ignoreLines: [] };
    const facts = await source.examine(spec, { own: { paths: [] }, signal: neverAborted });
    const { dev, ino } = statSync(at('source/folder/disk'), { bigint: true });
    let looks = 0;
    const tree = facts.openTree();
    const folder = tree.list(tree.root)[0];
    const entry = folder && tree.list(folder)[0];
    tree.close();
    if (entry === undefined) throw new Error('it is not listed');
    const expected = new ExpectedFiles(dev, () => false);
    const open = (): number => {
      looks += 1;
      const now = facts.openTree();
      try {
        return now.openFile(entry);
      } finally {
        now.close();
      }
    };
    expected.add({ where: 'disk', deviceId: dev, inode: ino, open });
    expect([looks, expected.size]).toEqual([1, 1]);
    await using watcher = await startInotify(join(outside, 'disk'));
    renameSync(at('source/folder'), at('source/old'));
    symlinkSync(outside, at('source/folder'));
    expected.look();
    expect([looks, expected.size]).toEqual([2, 0]);
    expect(await watcher.opened()).toBe(false);
    closeSync(openSync(join(outside, 'disk'), 'r'));
    expect(await watcher.opened()).toBe(true);
  });

  it('are not waited for any longer once something else is there, and never more than some', () => {
    writeFileSync(at('one'), 'one');
    writeFileSync(at('two'), 'two');
    writeFileSync(join(outside, 'three'), 'three');
    const { dev, ino } = statSync(at('one'), { bigint: true });
    const asked: bigint[] = [];
    const expected = new ExpectedFiles(dev, ({ inode }) => {
      asked.push(inode);
      return false;
    });
    const opening = (path: string) => () => openSync(path, constants.O_RDONLY);
    const one = { where: 'one', deviceId: dev, inode: ino };
    expected.add({ ...one, open: opening(at('two')) });
    expected.add({ ...one, open: opening(join(outside, 'three')) });
    expected.add({ ...one, open: opening(filesystem.mountPoint) });
    expected.add({ ...one, deviceId: dev + 1n, open: opening(at('one')) });
    expect([asked, expected.size]).toEqual([[], 0]);
    expected.add({ ...one, open: opening(at('one')) });
    expect([asked, expected.size]).toEqual([[ino], 1]);
    const many = Array.from({ length: 200 }, (_, index) => {
      writeFileSync(at(`many-${index}`), '');
      return at(`many-${index}`);
    });
    for (const path of many)
      expected.add({ where: path, deviceId: dev, inode: statSync(path, { bigint: true }).ino, open: opening(path) });
    expect(expected.size).toBe(64);
  });

  it('are watched on their own filesystem only, whatever their root’s path leads to by now', async () => {
    await using watches = newHotFileWatches({ guardBinary: '/none' });
    const { dev } = statSync(filesystem.mountPoint, { bigint: true });
    const file = { where: '', fd: -1, deviceId: dev, inode: 1n, size: 0n };
    const wrong = watches.watchFor({ root: Buffer.from(outside), deviceId: dev }).newHotFiles();
    expect(wrong.obstacle(file)).toBe('Another file system is there now.');
  });
});

/** Whether anybody opened a file since it was asked before. */
async function startInotify(path: string): Promise<{ opened(): Promise<boolean> } & AsyncDisposable> {
  const script = `
import ctypes, os, sys
libc = ctypes.CDLL(None); fd = libc.inotify_init1(0o4000)
libc.inotify_add_watch(fd, ${JSON.stringify(path)}.encode(), 0x20)
print('ready', flush=True)
for _ in sys.stdin:
    try: print('yes' if os.read(fd, 4096) else 'no', flush=True)
    except BlockingIOError: print('no', flush=True)`;
  const child = spawn(findProgram('python3') ?? 'python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return {
    opened: async () => {
      await pause(10, neverAborted);
      child.stdin.write('?\n');
      return (await lines.next()).value === 'yes';
    },
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
