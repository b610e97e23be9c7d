import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPreContentGroup } from '../../system/fanotify/index.ts';
import { deviceNumber, mountOf } from '../../system/mounts.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { startHotFileWatch } from '../hot-files/index.ts';
import { watchOptions } from '../hot-files/testing/scene.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { createRootHold, openTrialBook } from './index.ts';
import { askedPrograms } from './listeners.ts';

const missing = whyNoLoopFilesystem('ext4');

interface Listener extends AsyncDisposable {
  readonly pid: number;
}

/** Everything by the first thread; or by one that has a table of descriptors of its own (CLONE_FILES is 0x400). */
type Holder = 'process' | 'thread';

/** Asks for events and reads none: nobody may open anything there meanwhile. Ends by itself. As a scanner, no child of ours. */
async function listener(
  init: number,
  how: number,
  mask: number,
  where: string,
  holder: Holder = 'process',
): Promise<Listener> {
  const script = `
import ctypes, os, signal, threading
signal.alarm(60)
libc = ctypes.CDLL(None, use_errno=True)
def ask(isOwn):
    assert not isOwn or libc.unshare(0x400) == 0
    group = libc.fanotify_init(${init}, 0)
    assert libc.fanotify_mark(group, ${how}, ctypes.c_uint64(${mask}), -100, ${JSON.stringify(where)}.encode()) == 0
    print(os.getpid(), end='', flush=True)
    if isOwn: threading.Event().wait()
if ${holder === 'thread' ? 'True' : 'False'}: threading.Thread(target=ask, args=(True,), daemon=True).start()
else: ask(False)
signal.pause()`;
  const child = spawn('/bin/sh', ['-c', 'setsid /usr/bin/python3 -c "$1" & wait', 'sh', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
  });
  const ended = once(child, 'exit');
  const [said] = await once(child.stdout, 'data');
  const pid = Number(said);
  return {
    pid,
    [Symbol.asyncDispose]: async () => {
      process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
}

describe.skipIf(missing !== undefined)(missing ?? 'programs that are asked', () => {
  let filesystem: LoopFilesystem;
  let device = '';
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
    device = deviceNumber(mountOf(filesystem.mountPoint));
  });
  afterAll(() => filesystem?.close());

  it.each([
    ['before files are opened', 4, 0x101, 0x10000, false],
    ['before files are read', 4, 0x11, 0x20000, false],
    ['before content is touched', 8, 0x101, 0x100000, true],
  ])(
    '%s: named, on this filesystem only, and not any more once it is gone',
    async (_, init, how, mask, isAskedOfContent) => {
      expect(askedPrograms(device)).toEqual([]);
      {
        await using asked = await listener(init, how, mask, filesystem.mountPoint);
        expect(askedPrograms(device)).toEqual([{ pid: asked.pid, name: 'python3', isAskedOfContent }]);
        expect(askedPrograms(deviceNumber(mountOf('/')))).toEqual([]);
      }
      expect(askedPrograms(device)).toEqual([]);
    },
  );

  it('a thread that keeps its group to itself is one', async () => {
    await using asked = await listener(4, 0x101, 0x10000, filesystem.mountPoint, 'thread');
    expect(askedPrograms(device)).toEqual([expect.objectContaining({ pid: asked.pid })]);
  });

  it('who is only told of changes is none', async () => {
    await using _told = await listener(0, 0x101, 0x3a, filesystem.mountPoint);
    expect(askedPrograms(device)).toEqual([]);
  });

  it('neither are we, nor a watch for hot files', async () => {
    const root = openSync(filesystem.mountPoint, 'r');
    try {
      await using _watch = startHotFileWatch(watchOptions(root));
      using group = openPreContentGroup();
      group.watch(root, 'filesystem');
      expect(askedPrograms(device)).toEqual([]);
    } finally {
      closeSync(root);
    }
  });

  it('keeps the filesystem of the system from being held, and from being tried', async () => {
    const facts = await examineFolder(filesystem.mountPoint);
    const root = createRootHold({
      programPlaces: [filesystem.mountPoint],
      trials: openTrialBook('/nonexistent/trials', () => {}),
      probeFolder: '/',
    });
    const words = (): string =>
      root
        .obstacles(facts)
        .map(({ reason }) => reason)
        .join(' ');
    expect(words()).not.toContain('is asked before');
    await using asked = await listener(4, 0x101, 0x10000, filesystem.mountPoint);
    const reason = `The program python3 (process ${asked.pid}) is asked before files are opened on ${filesystem.mountPoint}`;
    expect(words()).toContain(reason);
    await expect(root.tryOut(facts, freezeEnvironment(), new AbortController().signal)).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: expect.stringContaining(reason),
    });
    expect(root.state(facts)).toMatchObject({ isNeeded: false });
  });
});
