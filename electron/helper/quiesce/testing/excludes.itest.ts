import { lstatSync, mkdirSync, readdirSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excludePresets } from '../../../../shared/domain/excludes/presets.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { StillView } from '../contract.ts';
import { createFsfreezeCopy, type FreezeSteps, freezeSteps } from '../fsfreeze-copy/fsfreeze-copy.ts';
import { createLive } from '../live/index.ts';
import { examineFolder } from './examine-folder.ts';
import { freezeEnvironment } from './freeze-environment.ts';
import { readView } from './read-view.ts';
import { recordingReporter } from './recording-reporter.ts';

const tag = 'Signature: 8a477f597d28d172789f06886806bc55\n';
const rules = { excludePresets: [...excludePresets], ignoreLines: ['*.log', '/build/'] };
const { signal } = new AbortController();

function make(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

const namesIn = async (view: StillView): Promise<string[]> => [...(await readView(view, signal)).keys()].sort();

/** Marks of folders that this process has open. */
function openTags(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/CACHEDIR.TAG');
    } catch {
      return false;
    }
  }).length;
}

describe.each(['ext4', 'xfs', 'btrfs'] as const)('excludes on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'in every method', () => {
    let filesystem: LoopFilesystem;
    let root: string;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 128 });
      root = join(filesystem.mountPoint, 'source');
      make(root, {
        ...{ 'a.txt': 'a', '.cache/x': 'x', 'run.log': 'l', 'build/o': 'o' },
        ...{ 'one/CACHEDIR.TAG': tag, 'one/x': 'x', 'two/CACHEDIR.TAG': tag, 'two/deep/x': 'x' },
      });
    });
    afterAll(() => filesystem.close());

    const kept = ['a.txt', 'one/CACHEDIR.TAG', 'two/CACHEDIR.TAG'];
    const copyFrozen = async (steps: FreezeSteps = freezeSteps) =>
      createFsfreezeCopy(freezeEnvironment(), steps).withStillView(
        await examineFolder(root, rules),
        { longestStallMs: 3000 },
        { signal, report: recordingReporter() },
        namesIn,
      );

    it('are the same tree when looked at, held still and copied live', async () => {
      const facts = await examineFolder(root, rules);
      expect(facts.files).toBe(kept.length);
      const report = recordingReporter();
      const live = await createLive().withStillView(facts, { longestStallMs: 250 }, { signal, report }, namesIn);
      const frozen = await copyFrozen();
      expect(live.value).toEqual(kept);
      expect(frozen.value).toEqual(kept);
      expect(live.evidence.observation?.differences).toBe(0);
      const told = (notes: typeof facts.leftOut) => notes.map(({ path, reason }) => `${path} ${reason}`).sort();
      expect(told(live.evidence.leftOut)).toEqual(told(facts.leftOut));
      expect(told(frozen.evidence.leftOut)).toEqual(told(facts.leftOut));
      expect(frozen.evidence.hold).toMatchObject({ readInside: true, filesInside: kept.length });
    });

    it('are known before the freeze: in it each mark is opened for its content only', async () => {
      let open = -1;
      const outcome = await copyFrozen({
        ...freezeSteps,
        withFrozen: (guard, work) =>
          freezeSteps.withFrozen(guard, (frozen) => {
            const value = work(frozen);
            open = openTags();
            return value;
          }),
      });
      expect(outcome.value).toEqual(kept);
      expect(open).toBe(2);
    });

    it('find a mark that appeared just before the freeze, wait for nobody, and close nothing in it', async () => {
      let open = -1;
      const outcome = await copyFrozen({
        ...freezeSteps,
        withFrozen: (guard, work) => {
          make(root, { 'late/CACHEDIR.TAG': tag, 'late/x': 'x' });
          return freezeSteps.withFrozen(guard, (frozen) => {
            const value = work(frozen);
            open = openTags();
            return value;
          });
        },
      });
      expect(outcome.value).toEqual([...kept, 'late/CACHEDIR.TAG'].sort());
      // Once for its content, once for what it says.
      expect(open).toBe(4);
      expect(openTags()).toBe(0);
    });

    it('move no time of access', async () => {
      const paths = ['.', 'one', 'one/CACHEDIR.TAG', 'a.txt', '.cache', 'build'].map((path) => join(root, path));
      for (const path of paths) utimesSync(path, 1000, 1000);
      await copyFrozen();
      const facts = await examineFolder(root, rules);
      const report = recordingReporter();
      await createLive().withStillView(facts, { longestStallMs: 250 }, { signal, report }, namesIn);
      expect(paths.map((path) => lstatSync(path).atimeMs)).toEqual(paths.map(() => 1_000_000));
    });
  });
});
