import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import type { FilesystemFacts } from '../../sources/index.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { ContentSink, QuiesceMethod } from '../contract.ts';
import { createFsfreezeCopy } from '../fsfreeze-copy/index.ts';
import { sleepSync } from '../guard/testing/sleep-sync.ts';
import { createLive, type LiveSteps, liveSteps } from '../live/index.ts';
import { examineFolder } from './examine-folder.ts';
import { freezeEnvironment } from './freeze-environment.ts';
import { judge } from './judge.ts';
import { methodsUnderTest } from './methods.ts';
import { isLie, makeRestingFiles, oneFilePlan, planOf, withBusyFilesystem } from './oracle-scenarios.ts';
import { stepKinds, type WriterPlan } from './ordered-writer/index.ts';
import { recordingReporter } from './recording-reporter.ts';
import { scratchFolder } from './scratch-folder.ts';
import { writeView } from './write-view.ts';

/** Samples; `npm run soak -- oracle` runs the full counts. */
const frozenCopies = 3;
const liveCopies = 10;
const quietCopies = 3;
const crashCopies = 6;
const heldMethods = ['precopy-freeze', 'fsfreeze-copy'] as const;

describe.each(['ext4', 'xfs', 'btrfs'] as const)('everybody who writes on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  const everybody: WriterPlan = { ...planOf(...stepKinds), files: 1 };
  it.skipIf(missing !== undefined).each(heldMethods)(
    missing ?? 'is held by %s: a copy holds exactly the first steps of all of them',
    async (name) => {
      await withBusyFilesystem({ type, plan: everybody, stepsPerSecond: 500 }, async (busy) => {
        await using tested = methodsUnderTest[name]();
        const first = await busy.copyWith(tested.method, { ahead: tested.newAhead() });
        expect(first).toMatchObject({ level: 'filesystem', isPrefix: true, problems: [] });
        expect(isLie(first)).toBe(false);
        if (name === 'fsfreeze-copy') return;
        const second = await busy.copyWith(tested.method, { ahead: tested.newAhead(), continues: true });
        expect(second).toMatchObject({ level: 'filesystem', isPrefix: true, problems: [] });
        expect(isLie(second)).toBe(false);
        expect(second.evidence.tracking?.continuedFrom).toBe(first.evidence.detail.checkpoint);
      });
    },
  );
});

/** Each file a moment after the other, so that a writer gets in between on any machine. */
function slowly(tree: OpenTree): OpenTree {
  const openFile = tree.openFile.bind(tree);
  tree.openFile = (entry) => {
    sleepSync(100);
    return openFile(entry);
  };
  return tree;
}

const noBtrfs = whyNoLoopFilesystem('btrfs');
describe.skipIf(noBtrfs !== undefined)(noBtrfs ?? 'a btrfs snapshot, which claims what a crash leaves', () => {
  // Beside each, steps that are flushed: those are what it is judged by.
  it.each([
    ['renames that nobody flushes', ['rename-over', 'synced']],
    ['stores through memory', ['mapped', 'synced']],
    ['everybody', stepKinds],
  ] as const)('holds everything that was flushed, in order, beside %s', async (_, kinds) => {
    const plan: WriterPlan = { kinds: [...kinds], files: kinds.length > 3 ? 1 : 3, blocks: 8 };
    await withBusyFilesystem({ type: 'btrfs', plan, stepsPerSecond: 1500, sizeMiB: 256 }, async (busy) => {
      await using tested = methodsUnderTest['btrfs-snapshot']();
      for (let turn = 0; turn < crashCopies; turn += 1) {
        const result = await busy.copyWith(tested.method);
        expect(result).toMatchObject({ level: 'crash', lostFlushed: [] });
        expect(isLie(result)).toBe(false);
      }
    });
  });

  it('is caught when it reads what goes on meanwhile instead', async () => {
    const plan: WriterPlan = { kinds: ['synced'], files: 8, blocks: 8 };
    await withBusyFilesystem({ type: 'btrfs', plan, stepsPerSecond: 3000, restingFiles: 10 }, async (busy) => {
      await using tested = methodsUnderTest['btrfs-snapshot']();
      const lying: QuiesceMethod<FilesystemFacts> = {
        ...tested.method,
        withStillView: (facts, ...rest) =>
          tested.method.withStillView({ ...facts, openCopy: () => slowly(facts.openTree()) }, ...rest),
      };
      let caught = 0;
      for (let turn = 0; turn < 20 && caught === 0; turn += 1) {
        const result = await busy.copyWith(lying);
        expect(result.level).toBe('crash');
        if (isLie(result)) caught += 1;
      }
      expect(caught).toBe(1);
    });
  });
});

describe.each(['ext4', 'xfs'] as const)('ordered writes on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'judged by the oracle', () => {
    it('fsfreeze-copy under load holds exactly the first steps, and earns filesystem', async () => {
      await withBusyFilesystem({ type }, async (busy) => {
        const method = createFsfreezeCopy(freezeEnvironment());
        for (let turn = 0; turn < frozenCopies; turn += 1) {
          const result = await busy.copyWith(method);
          expect(result).toMatchObject({ level: 'filesystem', isPrefix: true, problems: [] });
          expect(result.step).toBeGreaterThanOrEqual(result.stepsBefore);
        }
      });
    });

    it('fsfreeze-copy holds one version of a file that is written all over', async () => {
      await withBusyFilesystem({ type, plan: oneFilePlan, stepsPerSecond: 3000 }, async (busy) => {
        const result = await busy.copyWith(createFsfreezeCopy(freezeEnvironment()));
        expect(result).toMatchObject({ level: 'filesystem', isPrefix: true, problems: [] });
      });
    });

    it('live under load never claims one instant, and the oracle tells that it was none', async () => {
      await withBusyFilesystem({ type }, async (busy) => {
        const method = createLive();
        const results = [];
        for (let turn = 0; turn < liveCopies; turn += 1) results.push(await busy.copyWith(method));
        for (const { level } of results) expect(['per-file', 'torn']).toContain(level);
        expect(results.filter(isLie)).toEqual([]);
        expect(results.some(({ isPrefix }) => !isPrefix)).toBe(true);
      });
    });

    it('live reads a file that never rests as torn', async () => {
      await withBusyFilesystem({ type, plan: oneFilePlan, stepsPerSecond: 3000 }, async (busy) => {
        // Under load a writer may be kept from writing for longer than a reading takes: each reading waits for the next write.
        const readBesideWriter: LiveSteps['readWhole'] = (entry, sink, options) => {
          const file = join(busy.root, entry.path.toString());
          const data: ContentSink['data'] = async (bytes) => {
            await sink.data(bytes);
            if (file.startsWith(join(busy.root, 'busy'))) await changed(file);
          };
          const { hole, same, restart } = sink;
          const beside = { data, hole: hole.bind(sink), same: same.bind(sink), restart: restart.bind(sink) };
          return liveSteps.readWhole(entry, beside, options);
        };
        const result = await busy.copyWith(createLive({ steps: { ...liveSteps, readWhole: readBesideWriter } }));
        expect(result.level).toBe('torn');
        expect(result.written.torn).toHaveLength(1);
      });
    });

    it('catches a plain copy under load', async () => {
      await withBusyFilesystem({ type, stepsPerSecond: 3000 }, async (busy) => {
        const caught = Array.from({ length: 20 }, () => busy.copyNaively()).filter(({ isPrefix }) => !isPrefix);
        expect(caught.length).toBeGreaterThan(0);
      });
    });

    it('live on a quiet tree earns observed-static, every time', async () => {
      await withLoopFilesystem({ type, sizeMiB: 64 }, async (mountPoint) => {
        // Not the filesystem's own root: its maker stamps that with whole seconds, which stay in doubt for two of them.
        const quiet = join(mountPoint, 'quiet');
        makeRestingFiles(quiet, 300, 7);
        mkdirSync(join(quiet, 'empty'));
        for (let turn = 0; turn < quietCopies; turn += 1) {
          using target = scratchFolder('copy');
          const { signal } = new AbortController();
          const facts = await examineFolder(quiet);
          const outcome = await createLive().withStillView(
            facts,
            { longestStallMs: 250 },
            { signal, report: recordingReporter() },
            (view) => writeView(view, target.path, signal),
          );
          expect(judge(outcome.evidence, outcome.value).level).toBe('observed-static');
          expect(outcome.value.files).toBe(300);
        }
      });
    });
  });
});

/** Resolves when somebody has written to the file from now on. */
async function changed(file: string): Promise<void> {
  const { ctimeNs } = statSync(file, { bigint: true });
  while (statSync(file, { bigint: true }).ctimeNs === ctimeNs) await setTimeout(1);
}
