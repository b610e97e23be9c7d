import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { FilesystemFacts } from '../../sources/index.ts';
import { thaw } from '../../system/ioctl.ts';
import { processInfo } from '../../system/process-info.ts';
import {
  type LoopFilesystemType,
  openLoopFilesystem,
  whyNoLoopFilesystem,
} from '../../system/testing/loop-filesystem.ts';
import type { QuiesceMethod } from '../contract.ts';
import { createJournal } from '../journal/index.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { memoryAhead } from '../testing/memory-ahead.ts';
import { describeMethodConformance, type MethodFixture } from '../testing/method-conformance.ts';
import { createTrackers } from '../tracking/index.ts';
import { createPrecopyFreeze, precopySteps } from './index.ts';

async function open(type: LoopFilesystemType): Promise<MethodFixture<FilesystemFacts>> {
  const filesystem = await openLoopFilesystem({ type, sizeMiB: 32 });
  const root = join(filesystem.mountPoint, 'source');
  mkdirSync(join(root, 'folder', 'deeper'), { recursive: true });
  writeFileSync(join(root, 'empty'), '');
  writeFileSync(join(root, 'folder', 'file'), 'content');
  writeFileSync(join(root, 'folder', 'deeper', 'large'), Buffer.alloc(300_000, 7));
  symlinkSync('file', join(root, 'folder', 'link'));
  const state = { isHeld: false, isAccidentDue: false, mountFd: -1 };
  const guards: number[] = [];
  const journal = createJournal({ trackers: createTrackers() });
  const method = createPrecopyFreeze(freezeEnvironment({ journal }), {
    ...precopySteps,
    startGuard: async (options) => {
      const guard = await precopySteps.startGuard(options);
      guards.push(guard.pids.guard, guard.pids.witness);
      state.mountFd = options.mountFd ?? -1;
      return guard;
    },
    withFrozen: (guard, work) => {
      const outcome = precopySteps.withFrozen(guard, (moment) => {
        state.isHeld = true;
        return work(moment);
      });
      state.isHeld = false;
      return outcome;
    },
    drain: (tracker) => {
      // A stranger thaws while the delta is being taken.
      if (state.isHeld && state.isAccidentDue) {
        state.isAccidentDue = false;
        thaw(state.mountFd);
      }
      return precopySteps.drain(tracker);
    },
  });
  const openBelow = (): readonly string[] =>
    readdirSync('/proc/self/fd')
      .map(targetOf)
      .filter((path) => path.startsWith(filesystem.mountPoint));
  const running = (): readonly string[] =>
    guards.filter((pid) => (processInfo(pid)?.state ?? 'Z') !== 'Z').map((pid) => `process ${pid}`);
  return {
    method: withAhead(method),
    facts: await examineFolder(root),
    lease: { longestStallMs: 2000 },
    isHeld: () => state.isHeld,
    leftovers: () => [...openBelow(), ...running()],
    endNextHoldEarly: () => {
      state.isAccidentDue = true;
    },
    [Symbol.asyncDispose]: async () => {
      await journal[Symbol.asyncDispose]();
      await filesystem.close();
    },
  };
}

/** With a store of its own for each run, as the pipeline gives it. */
function withAhead(method: QuiesceMethod<FilesystemFacts>): QuiesceMethod<FilesystemFacts> {
  return {
    ...method,
    withStillView: (facts, lease, context, use) =>
      method.withStillView(facts, lease, { ...context, ahead: memoryAhead() }, use),
  };
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'the contract of a method', () => {
    describeMethodConformance('precopy-freeze', () => open(type), { holdsWriters: true });
  });
});
