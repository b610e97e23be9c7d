import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { compareTrees } from '../picture/testing/compare-trees.ts';
import { Random } from '../picture/testing/random.ts';
import { type Base, storeView } from '../picture/testing/store-view.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { createTrackers } from '../tracking/index.ts';
import { createJournal, type DrainedSource } from './index.ts';
import { RealChanges } from './testing/real-changes.ts';
import { RealRun, treeThere } from './testing/real-run.ts';

async function run(program: string, ...arguments_: string[]): Promise<void> {
  await runProgramOk(findProgram(program) ?? program, arguments_);
}

const rootName = Buffer.from('source');

describe.each(['ext4', 'xfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'a journal', () => {
    let filesystem: LoopFilesystem;
    let top: string;
    let source: string;

    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 320 });
    });
    afterAll(() => filesystem.close());

    const prepare = (name: string): void => {
      top = join(filesystem.mountPoint, name);
      source = join(top, 'source');
      fs.mkdirSync(source, { recursive: true });
      fs.mkdirSync(join(top, 'beside'));
    };

    it.each([1, 2, 3, 4, 5, 6])('keeps a picture true whatever is done to the tree (%i)', async (seed) => {
      prepare(`random-${seed}`);
      const random = new Random(seed);
      const changes = new RealChanges(top, random);
      for (let count = 0; count < 150; count += 1) changes.act();
      await using journal = createJournal({ trackers: createTrackers(), verifyAfterLoans: 3 });
      let base: Base | null = null;
      let verified = 0;
      for (let count = 0; count < 12; count += 1) {
        const facts = await examineFolder(source);
        using tree = closing(facts.openTree());
        using loan = journal.lend(facts, tree.rootFd);
        const { picture, tracker } = loan;
        expect(loan.startedAnew === null).toBe(count > 0);
        const meanwhile = (): void => {
          if (random.chance(0.1)) changes.act();
          if (random.chance(0.05)) tracker.drain();
        };
        const from = picture.countFrom(base?.version ?? null);
        expect(from?.id ?? null).toBe(base?.version ?? null);
        const steps = new RealRun({ facts, tree, tracker, picture, meanwhile });
        if (!picture.isComplete) steps.walk();
        if (loan.isVerificationDue) {
          const untold = steps.walk();
          expect(untold).toBe(0);
          loan.verified(untold);
          verified += 1;
        }
        steps.settle(false);
        steps.settle(true);
        const version = picture.markVersion(null);
        const truth = treeThere(facts, tree);
        for (let more = random.below(5); more > 0; more -= 1) meanwhile();
        const stored = await storeView(picture.view({ ancestors: [], rootName, fsType: type }).root, base, meanwhile);
        compareTrees(stored, truth, `run ${count}`);
        base = { version: version.id, tree: stored };
        loan.keep();
        for (let more = random.below(30); more > 0; more -= 1) changes.act();
      }
      expect(verified).toBeGreaterThan(0);
    });

    it('does not keep its filesystem from being unmounted, and begins anew afterwards', async () => {
      await using other = await openLoopFilesystem({ type, sizeMiB: 320 });
      const { mountPoint } = other;
      fs.writeFileSync(join(mountPoint, 'file'), '1');
      const told: DrainedSource[] = [];
      await using journal = createJournal({
        trackers: createTrackers(),
        drainEveryMs: 50,
        onDrained: (each) => told.push(each),
      });
      const lendAndKeep = async (): Promise<string | null> => {
        const facts = await examineFolder(mountPoint);
        using tree = closing(facts.openTree());
        using loan = journal.lend(facts, tree.rootFd);
        const { picture, tracker, startedAnew } = loan;
        const steps = new RealRun({ facts, tree, tracker, picture, meanwhile: () => {} });
        picture.countFrom(null);
        if (!picture.isComplete) steps.walk();
        steps.settle(true);
        picture.markVersion(null);
        loan.keep();
        return startedAnew;
      };
      await lendAndKeep();
      const facts = await examineFolder(mountPoint);
      expect(journal.countsOf(facts)?.files).toBe(1);
      expect(await lendAndKeep()).toBeNull();
      expect(openOn(mountPoint)).toEqual([]);
      const image = imageOf(mountPoint);
      await run('umount', mountPoint);
      try {
        await expect.poll(() => told.at(-1)?.doubt, { timeout: 20_000 }).toBe('The filesystem was unmounted.');
        expect(journal.countsOf(facts)).toBeUndefined();
      } finally {
        await run('mount', '-o', 'loop', image, mountPoint);
      }
      expect(await lendAndKeep()).toBe('The filesystem was unmounted.');
    });

    it('hears by itself of what changes between runs, and counts it', async () => {
      prepare('counted');
      fs.writeFileSync(join(source, 'file'), '1');
      const told: DrainedSource[] = [];
      await using journal = createJournal({
        trackers: createTrackers(),
        drainEveryMs: 20,
        onDrained: (each) => told.push(each),
      });
      const facts = await examineFolder(source);
      {
        using tree = closing(facts.openTree());
        using loan = journal.lend(facts, tree.rootFd);
        const { tracker, picture } = loan;
        const steps = new RealRun({ facts, tree, tracker, picture, meanwhile: () => {} });
        picture.countFrom(null);
        steps.walk();
        steps.settle(true);
        picture.markVersion(null);
        loan.keep();
      }
      await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThan(0);
      fs.writeFileSync(join(top, 'beside', 'file'), '2');
      const before = told.length;
      await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThan(before + 1);
      expect(told.every(({ changes, doubt }) => changes === 0 && doubt === null)).toBe(true);
      expect(journal.countsOf(facts)).toEqual({ files: 1, directories: 1, others: 0, bytes: 1 });
      fs.writeFileSync(join(source, 'file'), '22');
      await expect.poll(() => told.some(({ changes }) => changes > 0), { timeout: 20_000 }).toBe(true);
      // Counted when it is looked at.
      expect(journal.countsOf(facts)).toEqual({ files: 1, directories: 1, others: 0, bytes: 1 });
    });
  });
});

function closing(tree: OpenTree): OpenTree & Disposable {
  return { ...tree, [Symbol.dispose]: () => tree.close() };
}

/** Our own descriptors on a mount. */
function openOn(mountPoint: string): string[] {
  return fs
    .readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return fs.readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    })
    .filter((path) => path === mountPoint || path.startsWith(`${mountPoint}/`));
}

function imageOf(mountPoint: string): string {
  return join(mountPoint, '..', 'image');
}
