import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { inodesChangedSince } from '../../system/btrfs-newer.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { syncFilesystemSync } from '../../system/sync.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { compareTrees } from '../picture/testing/compare-trees.ts';
import { type Base, storeView } from '../picture/testing/store-view.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import type { ChangeListener, Trackers } from '../tracking/contract.ts';
import { createTrackers } from '../tracking/index.ts';
import type { Journal, JournalLoan } from './contract.ts';
import { generationOf } from './generations.ts';
import { createJournal } from './index.ts';
import { RealRun, treeThere } from './testing/real-run.ts';

const missing = whyNoLoopFilesystem('btrfs') ?? (findProgram('btrfs') === undefined ? 'needs btrfs' : undefined);
const folders = 40;
const perFolder = 100;
/** Whole seconds can be set exactly. */
const oldS = 1_000_000_000;

/** Trackers that tell nothing while they are deaf, and say nothing of it. */
function deafTrackers(): Trackers & { isDeaf: boolean } {
  const trackers = createTrackers();
  const deaf = {
    isDeaf: false,
    problem: (fd: number) => trackers.problem(fd),
    track: (fd: number) => {
      const tracker = trackers.track(fd);
      const unlessDeaf =
        <A extends readonly unknown[]>(tell: (...args: A) => void) =>
        (...args: A): void => {
          if (!deaf.isDeaf) tell(...args);
        };
      return {
        ...tracker,
        subscribe: (to: ChangeListener) =>
          tracker.subscribe({
            content: unlessDeaf((key) => to.content(key)),
            metadata: unlessDeaf((key) => to.metadata(key)),
            names: unlessDeaf((key) => to.names(key)),
            doubt: (why) => to.doubt(why),
          }),
      };
    },
  };
  return deaf;
}

describe.skipIf(missing !== undefined)(missing ?? 'on btrfs, changes that nobody told of', () => {
  let filesystem: LoopFilesystem;
  let source: string;
  let trackers: ReturnType<typeof deafTrackers>;
  let journal: Journal;
  let base: Base | null = null;

  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'btrfs', sizeMiB: 320 });
    source = join(filesystem.mountPoint, 'source');
    await runProgramOk(findProgram('btrfs') ?? '', ['subvolume', 'create', source]);
    for (let folder = 0; folder < folders; folder += 1) {
      fs.mkdirSync(at(folder));
      for (let file = 0; file < perFolder; file += 1) fs.writeFileSync(at(folder, file), `${folder}${file}`);
    }
    // So that it is of a generation before the first that is asked for.
    const sync = () => runProgramOk(findProgram('sync') ?? '', ['-f', source]);
    await sync();
    fs.writeFileSync(at(0, 0), '5');
    fs.utimesSync(at(2, 2), oldS, oldS);
    await sync();
    trackers = deafTrackers();
    journal = createJournal({ trackers, verifyAfterLoans: 0, findHandedOut: async () => new Set() });
    await run(({ picture }, steps) => {
      expect(picture.isComplete).toBe(false);
      steps.walk();
    });
    // Reading all files changed their times of access.
    await sync();
    fs.writeFileSync(at(0, 0), '6');
    await sync();
  }, 120_000);
  afterAll(async () => {
    await journal?.[Symbol.asyncDispose]();
    await filesystem?.close();
  });

  const at = (folder: number, file?: number): string =>
    join(source, `folder-${folder}`, ...(file === undefined ? [] : [`file-${file}`]));

  interface Ran {
    readonly facts: FilesystemFacts;
    readonly tree: OpenTree;
    readonly loan: JournalLoan;
  }

  /** One run: what it does with its loan, then everything marked, and whether the picture is what is there. */
  async function run(work: (loan: JournalLoan, steps: RealRun, ran: Ran) => void | Promise<void>): Promise<string> {
    const facts = await examineFolder(source);
    const tree = facts.openTree();
    try {
      using loan = journal.lend(facts, tree.rootFd);
      const { tracker, picture } = loan;
      tracker.drain();
      picture.countFrom(base?.version ?? null);
      syncFilesystemSync(tree.rootFd);
      const flushedNs = BigInt(Date.now()) * 1_000_000n;
      const steps = new RealRun({ facts, tree, tracker, picture, meanwhile: () => {} });
      await work(loan, steps, { facts, tree, loan });
      steps.settle(true);
      const { id } = picture.markVersion(flushedNs);
      const stored = await storeView(
        picture.view({ ancestors: [], rootName: Buffer.from('source'), fsType: 'btrfs' }).root,
        base,
        () => {},
      );
      try {
        compareTrees(stored, treeThere(facts, tree), id);
      } catch (error) {
        return `differs: ${(error as Error).message}`;
      }
      base = { version: id, tree: stored };
      loan.keep();
      return 'true';
    } finally {
      tree.close();
    }
  }

  /** Does it while nobody listens. */
  function untold(change: () => void): void {
    trackers.isDeaf = true;
    change();
  }

  const changes: Readonly<Record<string, () => void>> = {
    'a write': () => fs.writeFileSync(at(1, 1), '111'),
    'a write of the same length that hides behind its old time': () => {
      fs.writeFileSync(at(2, 2), '99');
      fs.utimesSync(at(2, 2), oldS, oldS);
    },
    'another mode': () => fs.chmodSync(at(3, 3), 0o600),
    'a new file': () => fs.writeFileSync(join(at(4), 'new'), '4'),
    'a file that is gone': () => fs.unlinkSync(at(5, 5)),
    'a folder that was moved': () => fs.renameSync(at(6), join(at(7), 'moved')),
    'another name for a file': () => fs.linkSync(at(8, 8), join(at(9), 'linked')),
    'an attribute of a folder': () => fs.chmodSync(at(10), 0o700),
    'a file in the place of another': () => {
      fs.writeFileSync(join(source, 'other'), '11');
      fs.renameSync(join(source, 'other'), at(11, 11));
    },
  };

  it.each(Object.entries(changes))('is found without a walk: %s', async (_, change) => {
    trackers.isDeaf = false;
    const before = await run((loan, steps) => {
      const { isComplete } = loan.picture;
      const untoldOf = steps.walk();
      if (isComplete) loan.verified(untoldOf);
    });
    expect(before).toBe('true');
    untold(change);
    let looked = -1;
    const outcome = await run(async (loan) => {
      expect(loan.startedAnew).toBeNull();
      expect(loan.isVerificationDue).toBe(true);
      trackers.isDeaf = false;
      expect(loan.picture.isClean).toBe(true);
      expect(await loan.verifyByGenerations()).toBe(true);
      looked = loan.picture.entriesToLookAt().length;
    });
    expect(outcome).toBe('true');
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThan(perFolder);
  });

  it('is enough four times in a row; then everything is looked at', async () => {
    trackers.isDeaf = false;
    const kinds: string[] = [];
    expect(await run((loan, steps) => loan.verified(steps.walk()))).toBe('true');
    for (let count = 0; count < 6; count += 1) {
      const outcome = await run(async (loan, steps) => {
        if (!loan.isVerificationDue) return;
        const isEnough = await loan.verifyByGenerations();
        kinds.push(isEnough ? 'generations' : 'walk');
        if (!isEnough) loan.verified(steps.walk());
      });
      expect(outcome).toBe('true');
    }
    expect(kinds).toEqual([...Array.from({ length: 4 }, () => 'generations'), 'walk', 'generations']);
  });

  it('tells nothing of what did not change since, and of another filesystem nothing at all', async () => {
    const fd = fs.openSync(source, 'r');
    try {
      syncFilesystemSync(fd);
      const generation = generationOf(fd, 'btrfs') ?? -1n;
      fs.writeFileSync(at(20, 20), '77');
      syncFilesystemSync(fd);
      const found: bigint[] = [];
      for await (const inode of inodesChangedSince(fd, generation + 1n)) found.push(inode);
      expect(found).toEqual([fs.statSync(at(20, 20), { bigint: true }).ino]);
      const all = new Set<bigint>();
      for await (const inode of inodesChangedSince(fd, 0n)) all.add(inode);
      expect(all.size).toBeGreaterThan(folders * (perFolder - 1));
    } finally {
      fs.closeSync(fd);
    }
    const elsewhere = fs.openSync('/proc', 'r');
    try {
      expect(generationOf(elsewhere, 'btrfs')).toBeNull();
      expect(generationOf(elsewhere, 'ext4')).toBeNull();
    } finally {
      fs.closeSync(elsewhere);
    }
  });
});
