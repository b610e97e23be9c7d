import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../system/exec.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { filesystemsHandedOut } from '../../system/untold-writers.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { createTrackers } from '../tracking/index.ts';
import { createJournal } from './index.ts';
import { RealRun } from './testing/real-run.ts';
import { handedOut } from './untold-looks.ts';

const python = findProgram('python3');
const missing = whyNoLoopFilesystem('ext4') ?? (python === undefined ? 'needs python3' : undefined);

/**
 * Is handed each file that is opened for writing on the filesystem of `path`, by a mark of its mount or of all of it; appends
 * to the first through that, and stays until its input ends.
 */
const listener = `
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
path, mark, mode = sys.argv[1].encode(), int(sys.argv[2]), int(sys.argv[3])
group = libc.fanotify_init(0, mode)
assert libc.fanotify_mark(group, 1 | mark, ctypes.c_ulong(0x20), -100, path) == 0
print('ready', flush=True)
fd = struct.unpack('IBBHQii', os.read(group, 4096)[:24])[5]
if mode == os.O_RDWR:
  os.lseek(fd, 0, os.SEEK_END)
  os.write(fd, b', and more')
os.close(fd)
print('done', flush=True)
sys.stdin.read()`;

describe.skipIf(missing !== undefined)(
  missing ?? 'a program that was handed files for writing between two runs',
  () => {
    let filesystem: LoopFilesystem;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
    });
    afterAll(() => filesystem.close());

    it.each([
      ['its mount', 0x10, constants.O_RDWR, true],
      ['the whole filesystem', 0x100, constants.O_RDWR, true],
      ['the whole filesystem, for reading only', 0x100, constants.O_RDONLY, false],
    ])('writes untold, and is a doubt although it is gone by then: %s', async (what, mark, mode, isDoubted) => {
      const file = join(filesystem.mountPoint, 'file');
      writeFileSync(file, `written before: ${what}`);
      let looks = 0;
      await using journal = createJournal({
        trackers: createTrackers(),
        drainEveryMs: 50,
        lookForUntoldEveryMs: 50,
        findHandedOut: async (devices, isOver) => {
          const found = await filesystemsHandedOut(devices, isOver);
          looks += 1;
          return found;
        },
      });
      const lend = async <T>(work: (loan: ReturnType<typeof journal.lend>, steps: RealRun) => T): Promise<T> => {
        const facts = await examineFolder(filesystem.mountPoint);
        const tree = facts.openTree();
        try {
          using loan = journal.lend(facts, tree.rootFd);
          const { tracker, picture } = loan;
          picture.countFrom(null);
          const result = work(loan, new RealRun({ facts, tree, tracker, picture, meanwhile: () => {} }));
          loan.keep();
          return result;
        } finally {
          tree.close();
        }
      };
      await lend(({ picture }, steps) => {
        steps.walk();
        steps.settle(true);
        picture.markVersion(null);
      });
      const first = await lend(({ startedAnew, picture }) => ({ startedAnew, told: picture.told }));
      expect(first.startedAnew).toBeNull();

      const child = spawn(python ?? '', ['-c', listener, filesystem.mountPoint, String(mark), String(mode)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      try {
        await once(child.stdout, 'data');
        closeSync(openSync(file, 'r'));
        await once(child.stdout, 'data');
        // What it wrote was told to nobody: without the look the picture would pass for true.
        const told = await lend(({ picture, tracker }) => {
          tracker.drain();
          return picture.told;
        });
        expect(told).toBe(first.told);
        const text = `written before: ${what}`;
        expect(readFileSync(file, 'utf8')).toBe(mode === constants.O_RDWR ? `${text}, and more` : text);
        // One of two begins after it wrote.
        const before = looks;
        await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(before + 1);
      } finally {
        const ended = once(child, 'exit');
        child.stdin.end();
        await ended;
      }
      const after = await lend(({ startedAnew }) => startedAnew);
      expect(after).toBe(isDoubted ? `Everything is looked at again. ${handedOut}` : null);
    });
  },
);
