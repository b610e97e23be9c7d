import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { FilesystemFacts } from '../../sources/index.ts';
import { thaw } from '../../system/ioctl.ts';
import { processInfo } from '../../system/process-info.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { createFsfreezeCopy, freezeSteps } from '../fsfreeze-copy/index.ts';
import { createLive } from '../live/index.ts';
import { examineFolder } from './examine-folder.ts';
import { freezeEnvironment } from './freeze-environment.ts';
import { withMeddling } from './meddling-tree.ts';
import { describeMethodConformance, type MethodFixture } from './method-conformance.ts';

const missing = whyNoLoopFilesystem('ext4');

async function openTree() {
  const filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
  const root = join(filesystem.mountPoint, 'source');
  mkdirSync(join(root, 'folder', 'deeper'), { recursive: true });
  writeFileSync(join(root, 'empty'), '');
  writeFileSync(join(root, 'folder', 'file'), 'content');
  writeFileSync(join(root, 'folder', 'deeper', 'large'), Buffer.alloc(300_000, 7));
  symlinkSync('file', join(root, 'folder', 'link'));
  const openBelow = (): readonly string[] =>
    readdirSync('/proc/self/fd')
      .map((fd) => targetOf(fd))
      .filter((path) => path.startsWith(filesystem.mountPoint));
  return { filesystem, root, openBelow };
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

async function openLive(): Promise<MethodFixture<FilesystemFacts>> {
  const { filesystem, root, openBelow } = await openTree();
  return {
    method: createLive(),
    facts: await examineFolder(root),
    lease: { longestStallMs: 250 },
    isHeld: () => false,
    leftovers: openBelow,
    endNextHoldEarly: null,
    [Symbol.asyncDispose]: () => filesystem.close(),
  };
}

async function openFreeze(): Promise<MethodFixture<FilesystemFacts>> {
  const { filesystem, root, openBelow } = await openTree();
  const state = { isHeld: false, isAccidentDue: false, mountFd: -1 };
  const guards: number[] = [];
  const method = createFsfreezeCopy(freezeEnvironment(), {
    ...freezeSteps,
    startGuard: async (options) => {
      const guard = await freezeSteps.startGuard(options);
      guards.push(guard.pids.guard, guard.pids.witness);
      state.mountFd = options.mountFd ?? -1;
      return guard;
    },
    withFrozen: (guard, work) => {
      const outcome = freezeSteps.withFrozen(guard, (moment) => {
        state.isHeld = true;
        return work(moment);
      });
      state.isHeld = false;
      return outcome;
    },
  });
  // A stranger thaws while the copy is being made.
  const meddle = (): void => {
    if (!state.isHeld || !state.isAccidentDue) return;
    state.isAccidentDue = false;
    thaw(state.mountFd);
  };
  const running = (): readonly string[] =>
    guards.filter((pid) => (processInfo(pid)?.state ?? 'Z') !== 'Z').map((pid) => `process ${pid}`);
  return {
    method,
    facts: withMeddling(await examineFolder(root), meddle),
    lease: { longestStallMs: 2000 },
    isHeld: () => state.isHeld,
    leftovers: () => [...openBelow(), ...running()],
    endNextHoldEarly: () => {
      state.isAccidentDue = true;
    },
    [Symbol.asyncDispose]: () => filesystem.close(),
  };
}

describe.skipIf(missing !== undefined)(missing ?? 'every method keeps the contract', () => {
  describeMethodConformance('live', openLive, { holdsWriters: false });
  describeMethodConformance('fsfreeze-copy', openFreeze, { holdsWriters: true });
});
