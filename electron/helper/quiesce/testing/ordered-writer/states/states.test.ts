import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../scratch-folder.ts';
import { checkFiles, checkPrefix } from '../check.ts';
import { blockBytes, blockOfStep, cellOfStep, nameAt, type StepKind, type WriterPlan } from '../plan.ts';
import { contentBelow, movedName } from './move.ts';

/** One way to write and a log, one file each: even steps are the file's, odd ones the log's. */
function planWith(kind: StepKind): WriterPlan {
  return { kinds: [kind, 'append'], files: 1, blocks: 4 };
}

function writeLog(directory: string, last: number): void {
  const steps = Array.from({ length: last + 1 }, (_, step) => step).filter((step) => step === 0 || step % 2 === 1);
  writeFileSync(join(directory, 'append-0'), steps.map((step) => `step ${String(step).padStart(10, '0')}\n`).join(''));
}

function put(path: string, content: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const isPrefix = (directory: string, kind: StepKind) => checkPrefix(directory, planWith(kind));

function writeBlock(path: string, block: Buffer, at: number): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, block, 0, blockBytes, at * blockBytes);
  closeSync(fd);
}

describe('a file under two names', () => {
  // Round 1 (step 2) writes, round 2 (step 4) links, round 3 (step 6) writes.
  const make = (directory: string): void => {
    writeLog(directory, 5);
    put(join(directory, 'hardlink-0'), blockOfStep(2));
    linkSync(join(directory, 'hardlink-0'), join(directory, nameAt('hardlink-0', 4)));
  };

  it('is accepted as it is after a step, and while it gets another second name', () => {
    using folder = scratchFolder('oracle');
    make(folder.path);
    expect(isPrefix(folder.path, 'hardlink')).toEqual({ isPrefix: true, step: 5, problems: [] });
    // Half of step 8, all of step 7: the new name is there and the old one not gone.
    writeLog(folder.path, 7);
    writeFileSync(join(folder.path, 'hardlink-0'), blockOfStep(6));
    linkSync(join(folder.path, 'hardlink-0'), join(folder.path, nameAt('hardlink-0', 8)));
    expect(isPrefix(folder.path, 'hardlink')).toMatchObject({ isPrefix: true, step: 7 });
  });

  it('is rejected when one name shows an older content than the other', () => {
    using folder = scratchFolder('oracle');
    make(folder.path);
    writeLog(folder.path, 7);
    unlinkSync(join(folder.path, 'hardlink-0'));
    put(join(folder.path, 'hardlink-0'), blockOfStep(6));
    expect(isPrefix(folder.path, 'hardlink').isPrefix).toBe(false);
    // As files, both are whole.
    expect(checkFiles(folder.path, planWith('hardlink')).every(({ isOneVersion }) => isOneVersion)).toBe(true);
  });
});

describe('a file that is cut and grown', () => {
  // Rounds 1, 2, 3: 6, 3 and 8 blocks, at steps 2, 4 and 6.
  const path = (directory: string): string => join(directory, 'truncate-0');
  const make = (directory: string): void => {
    writeLog(directory, 5);
    put(path(directory), Buffer.concat([blockOfStep(4), Buffer.alloc(blockBytes), blockOfStep(4)]));
  };

  it('is accepted after a step and between the calls of the next', () => {
    using folder = scratchFolder('oracle');
    make(folder.path);
    expect(isPrefix(folder.path, 'truncate')).toEqual({ isPrefix: true, step: 5, problems: [] });
    truncateSync(path(folder.path), 8 * blockBytes);
    expect(isPrefix(folder.path, 'truncate')).toMatchObject({ isPrefix: true, step: 5 });
    writeBlock(path(folder.path), blockOfStep(6), 0);
    expect(isPrefix(folder.path, 'truncate')).toMatchObject({ isPrefix: true, step: 5 });
    writeBlock(path(folder.path), blockOfStep(6), 7);
    expect(isPrefix(folder.path, 'truncate')).toMatchObject({ isPrefix: true, step: 6 });
  });

  it('is rejected with the second write of a step and not the first, or within a step when a later one is there', () => {
    using folder = scratchFolder('oracle');
    make(folder.path);
    truncateSync(path(folder.path), 8 * blockBytes);
    writeBlock(path(folder.path), blockOfStep(6), 7);
    expect(isPrefix(folder.path, 'truncate').isPrefix).toBe(false);
    make(folder.path);
    truncateSync(path(folder.path), 8 * blockBytes);
    writeBlock(path(folder.path), blockOfStep(6), 0);
    writeLog(folder.path, 7);
    expect(isPrefix(folder.path, 'truncate').isPrefix).toBe(false);
  });

  it('is rejected with a length of another moment', () => {
    using folder = scratchFolder('oracle');
    make(folder.path);
    truncateSync(path(folder.path), 6 * blockBytes);
    expect(isPrefix(folder.path, 'truncate').isPrefix).toBe(false);
    expect(checkFiles(folder.path, planWith('truncate')).map(({ isOneVersion }) => isOneVersion)).toEqual([
      false,
      true,
    ]);
  });
});

describe('a folder that moves', () => {
  // Rounds 1 (step 2): to b and written; 2 (4): outside; 3 (6): outside, written; 4 (8): to a.
  const at = (directory: string, place: string, step: number): string =>
    join(directory, 'move-0', place, nameAt(movedName, step), ...contentBelow);
  const make = (directory: string, last: number): void => {
    writeLog(directory, last);
    for (const place of ['a', 'b']) mkdirSync(join(directory, 'move-0', place), { recursive: true });
  };

  it('is accepted inside, and missing while it is outside', () => {
    using folder = scratchFolder('oracle');
    make(folder.path, 3);
    put(at(folder.path, 'b', 2), blockOfStep(2));
    expect(isPrefix(folder.path, 'move')).toMatchObject({ isPrefix: true, step: 3 });
    renameSync(join(folder.path, 'move-0', 'b', nameAt(movedName, 2)), join(folder.path, 'elsewhere'));
    renameSync(join(folder.path, 'elsewhere'), `${folder.path}-elsewhere`);
    expect(isPrefix(folder.path, 'move')).toMatchObject({ isPrefix: true, step: 4 });
    renameSync(`${folder.path}-elsewhere`, join(folder.path, 'move-0', 'a', nameAt(movedName, 8)));
    writeLog(folder.path, 9);
    writeFileSync(at(folder.path, 'a', 8), blockOfStep(6));
    expect(isPrefix(folder.path, 'move')).toMatchObject({ isPrefix: true, step: 9 });
  });

  it('is rejected with the content it had before it was outside', () => {
    using folder = scratchFolder('oracle');
    make(folder.path, 9);
    put(at(folder.path, 'a', 8), blockOfStep(2));
    expect(isPrefix(folder.path, 'move').isPrefix).toBe(false);
  });

  it('is rejected at two places, and missing when it must be there', () => {
    using folder = scratchFolder('oracle');
    make(folder.path, 9);
    expect(isPrefix(folder.path, 'move').isPrefix).toBe(false);
    put(at(folder.path, 'a', 8), blockOfStep(6));
    put(at(folder.path, 'b', 2), blockOfStep(2));
    expect(isPrefix(folder.path, 'move').problems).toEqual(['move-0 is at two places']);
  });
});

describe('a file that has lost its name', () => {
  it('is seen by its newest name only, or by two while they change', () => {
    using folder = scratchFolder('oracle');
    writeLog(folder.path, 5);
    put(join(folder.path, nameAt('unlinked-0', 4)), blockOfStep(4));
    expect(isPrefix(folder.path, 'unlinked')).toMatchObject({ isPrefix: true, step: 5 });
    put(join(folder.path, nameAt('unlinked-0', 6)), blockOfStep(6));
    expect(isPrefix(folder.path, 'unlinked')).toMatchObject({ isPrefix: true, step: 5 });
    put(join(folder.path, nameAt('unlinked-0', 2)), blockOfStep(2));
    expect(isPrefix(folder.path, 'unlinked').isPrefix).toBe(false);
  });

  it('is rejected with what was written to it afterwards', () => {
    using folder = scratchFolder('oracle');
    writeLog(folder.path, 5);
    put(join(folder.path, nameAt('unlinked-0', 4)), blockOfStep(9_999_999_999));
    expect(isPrefix(folder.path, 'unlinked').isPrefix).toBe(false);
  });
});

describe('a file that is stored into through memory', () => {
  // Blocks 1, 2, 3 and 0 at steps 2, 4, 6 and 8.
  const make = (directory: string): void => {
    writeLog(directory, 5);
    put(join(directory, 'mapped-0'), Buffer.concat([0, 2, 4, 0].map(blockOfStep)));
  };
  const storeHalf = (path: string, block: number, step: number): void => {
    const content = readFileSync(path);
    blockOfStep(step).copy(content, block * blockBytes, 0, blockBytes / 2 + 5);
    writeFileSync(path, content);
  };

  it('may hold a beginning of the next step, and of no other', () => {
    using folder = scratchFolder('oracle');
    make(folder.path);
    expect(cellOfStep(planWith('mapped'), 6).block).toBe(3);
    storeHalf(join(folder.path, 'mapped-0'), 3, 6);
    expect(isPrefix(folder.path, 'mapped')).toMatchObject({ isPrefix: true, step: 5 });
    writeLog(folder.path, 7);
    expect(isPrefix(folder.path, 'mapped').isPrefix).toBe(false);
  });

  it('is rejected when a store is missing that came before what the log tells', () => {
    using folder = scratchFolder('oracle');
    make(folder.path);
    writeLog(folder.path, 7);
    expect(isPrefix(folder.path, 'mapped').problems).toEqual(['mapped-0#3 holds step 0; after step 7 it must hold 6']);
  });
});
