import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../sources/index.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { QuiesceMethod } from '../contract.ts';
import { createFsfreezeCopy, freezeSteps } from '../fsfreeze-copy/index.ts';
import { type FrozenOutcome, withFrozen } from '../guard/index.ts';
import { createLive, type LiveSteps, liveSteps } from '../live/index.ts';
import { examineFolder } from './examine-folder.ts';
import { freezeEnvironment } from './freeze-environment.ts';
import { judge } from './judge.ts';
import { startMappedWriter } from './mapped-writer/index.ts';
import { sleepSync, withMeddling } from './meddling-tree.ts';
import { isLie, type OracleResult, oneFilePlan, withBusyFilesystem } from './oracle-scenarios.ts';
import { recordingReporter } from './recording-reporter.ts';
import { scratchFolder } from './scratch-folder.ts';
import { writeView } from './write-view.ts';

/** Each test takes one check out of a method, and wants the oracle to see it. Beside it, the method as it is. */

const missing = whyNoLoopFilesystem('ext4');

/** As if it could be told of every file that nobody changes it unseen: what is counted of those forbids the level by itself. */
const believingEachFile: LiveSteps['readWhole'] = async (...args) => ({
  ...(await liveSteps.readWhole(...args)),
  isUnseen: false,
});

/** As if the whole-tree check said that nothing happened. */
const blindToTheTree: LiveSteps = {
  ...liveSteps,
  readWhole: believingEachFile,
  newObservation: (...args) => ({
    ...liveSteps.newObservation(...args),
    differences: 0,
    newestChangeAt: null,
    suspects: [],
    suspectsTotal: 0,
    suspectScanComplete: true,
    suspectScanGap: '',
  }),
};

/** As if a file could not change while it is read: the first version of anything counts. */
const blindToFiles: LiveSteps = {
  ...liveSteps,
  readWhole: async (entry, sink, options) => {
    // A slow repository: the writer comes round more than once while a file is read.
    const data = async (bytes: Uint8Array): Promise<void> => {
      await sink.data(bytes);
      await delay(100);
    };
    const read = await liveSteps.readWhole(entry, { ...sink, data }, { ...options, attempts: 1 });
    if (read.verdict.state !== 'torn') return read;
    return { ...read, verdict: { state: 'whole', meta: read.verdict.meta } };
  },
};

/** One copy or two show it; on a machine that does other things the writer may stand still for several. */
const mostTurns = 60;

const blindToWriters: LiveSteps = {
  ...liveSteps,
  readWhole: believingEachFile,
  watchWriters: () => ({ visit: () => {}, findings: () => ({ suspects: [], gap: '' }) }),
};

describe.skipIf(missing !== undefined)(missing ?? 'live, with a check taken out', () => {
  it('the whole tree: the oracle sees copies that claim one instant and are of none', async () => {
    await withBusyFilesystem({ type: 'ext4' }, async (busy) => {
      const results: OracleResult[] = [];
      const isSeen = (each: OracleResult): boolean => each.level === 'observed-static' && isLie(each);
      for (let turn = 0; turn < mostTurns && !results.some(isSeen); turn += 1)
        results.push(await busy.copyWith(createLive({ steps: blindToTheTree, attempts: 8 })));
      expect(results.some(isSeen)).toBe(true);
    });
  });

  it('each file: the oracle sees files that are called whole and are of two moments', async () => {
    const blind = createLive({ steps: blindToFiles });
    const plan = { ...oneFilePlan, blocks: 1024 };
    await withBusyFilesystem({ type: 'ext4', plan, stepsPerSecond: 4000, restingFiles: 0 }, async (busy) => {
      const results: OracleResult[] = [];
      for (let turn = 0; turn < mostTurns && !results.some(isLie); turn += 1) results.push(await busy.copyWith(blind));
      expect(results.some(({ mixedFiles }) => mixedFiles.length > 0)).toBe(true);
    });
  });

  it('who can write: a change through memory passes for quiet, and does not with the check', async () => {
    const without = await storeBetweenReads(blindToWriters);
    expect(without).toMatchObject({ level: 'observed-static', changedUnseen: true });
    const withCheck = await storeBetweenReads(liveSteps);
    expect(withCheck).toMatchObject({ level: 'per-file', changedUnseen: true });
    expect(withCheck.suspects).toEqual(['writable-mapping']);
  });
});

/**
 * A program has a file mapped, stores into it while live is under way, and a second time after live has read it: into a
 * page that is dirty by then, so that no ctime moves.
 */
async function storeBetweenReads(steps: LiveSteps) {
  return withLoopFilesystem({ type: 'ext4', sizeMiB: 32 }, async (mountPoint) => {
    const source = join(mountPoint, 'source');
    mkdirSync(source);
    const path = join(source, 'mapped');
    writeFileSync(path, Buffer.alloc(4096));
    await using writer = await startMappedWriter();
    await writer.map(path, 4096);
    const flushThenStore = async (fd: number): Promise<void> => {
      await steps.flush(fd);
      await writer.store(0, 1);
      await delay(40);
    };
    const facts = await examineFolder(source);
    using target = scratchFolder('copy');
    const { signal } = new AbortController();
    let changedUnseen = false;
    const outcome = await createLive({ steps: { ...steps, flush: flushThenStore } }).withStillView(
      facts,
      { longestStallMs: 250 },
      { signal, report: recordingReporter() },
      async (view) => {
        const ctimeBefore = statSync(path, { bigint: true }).ctimeNs;
        await writer.store(0, 2);
        changedUnseen = statSync(path, { bigint: true }).ctimeNs === ctimeBefore && readFileSync(path)[0] === 2;
        return writeView(view, target.path, signal);
      },
    );
    return {
      level: judge(outcome.evidence, outcome.value).level,
      suspects: outcome.evidence.observation?.suspects.map(({ kind }) => kind) ?? [],
      changedUnseen,
    };
  });
}

/** What withFrozen would be if it took the freeze for granted once it was made. */
const believingWithFrozen: typeof withFrozen = (guard, work) => {
  const frozen = guard.freeze();
  const value = work(frozen);
  guard.thaw();
  const now = { monotonicNs: process.hrtime.bigint(), wallNs: BigInt(Date.now()) * 1_000_000n };
  const times = { stall: { from: frozen.before, to: now }, frozen: { from: frozen.after, to: now } };
  return { held: true, value, times, cause: 'command' } satisfies FrozenOutcome<typeof value>;
};

describe.skipIf(missing !== undefined)(missing ?? 'fsfreeze-copy, thawed by somebody else in the middle', () => {
  it('the thaw’s answer not heard: the oracle sees a copy that claims one instant and is of none', async () => {
    await withBusyFilesystem({ type: 'ext4', stepsPerSecond: 2000, restingFiles: 60 }, async (busy) => {
      const method = thawedEarly(busy.mountPoint, believingWithFrozen);
      const results: OracleResult[] = [];
      for (let turn = 0; turn < 5 && !results.some(isLie); turn += 1) results.push(await busy.copyWith(method));
      expect(results.at(-1)?.level).toBe('filesystem');
      expect(results.some(isLie)).toBe(true);
    });
  });

  it('as it is: it says so, and nobody gets to use what was copied', async () => {
    await withBusyFilesystem({ type: 'ext4', stepsPerSecond: 2000, restingFiles: 60 }, async (busy) => {
      const copying = busy.copyWith(thawedEarly(busy.mountPoint, withFrozen));
      await expect(copying).rejects.toMatchObject({ kind: 'freeze-ended-early' });
    });
  });
});

/** The method, with a stranger who thaws after the tenth entry, and a disk so slow that writers can do much after that. */
function thawedEarly(mountPoint: string, frozen: typeof withFrozen): QuiesceMethod<FilesystemFacts> {
  const state = { isFrozen: false, entries: 0 };
  const method = createFsfreezeCopy(freezeEnvironment(), {
    ...freezeSteps,
    withFrozen: (guard, work) =>
      frozen(guard, (moment) => {
        state.isFrozen = true;
        state.entries = 0;
        try {
          return work(moment);
        } finally {
          state.isFrozen = false;
        }
      }),
  });
  const meddle = (): void => {
    if (!state.isFrozen) return;
    state.entries += 1;
    if (state.entries === 10) spawnSync('fsfreeze', ['--unfreeze', mountPoint], { stdio: 'ignore' });
    else sleepSync(2);
  };
  return {
    ...method,
    withStillView: (facts, ...rest) => method.withStillView(withMeddling(facts, meddle), ...rest),
  };
}
