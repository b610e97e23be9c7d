import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch-folder.ts';
import { checkFiles, checkPrefix } from './check.ts';
import {
  blockBytes,
  blockOfStep,
  cellOfStep,
  fileName,
  line,
  replacementBlocks,
  type StepKind,
  temporaryName,
  type WriterPlan,
} from './plan.ts';

const mixed: WriterPlan = { kinds: ['in-place', 'append', 'rename-over'], files: 3, blocks: 2 };

/** The state after some step, made without the writer: what each file holds is computed, not replayed. */
function makeState(directory: string, plan: WriterPlan, step: number): void {
  mkdirSync(directory, { recursive: true });
  for (const kind of plan.kinds)
    for (let index = 0; index < plan.files; index += 1) {
      const file = fileName(kind, index);
      const own = Array.from({ length: step }, (_, at) => at + 1).filter(
        (each) => cellOfStep(plan, each).file === file,
      );
      writeFileSync(join(directory, file), contentOf(kind, plan, own));
    }
}

function contentOf(kind: StepKind, plan: WriterPlan, own: readonly number[]): Buffer {
  if (kind === 'append') return Buffer.from([0, ...own].map(line).join(''));
  if (kind === 'rename-over') return Buffer.concat(Array(replacementBlocks).fill(blockOfStep(own.at(-1) ?? 0)));
  const blocks = Array.from({ length: plan.blocks }, (_, block) =>
    blockOfStep(own.findLast((each) => cellOfStep(plan, each).block === block) ?? 0),
  );
  return Buffer.concat(blocks);
}

describe('checkPrefix', () => {
  it('accepts the state after every step', () => {
    using folder = scratchFolder('oracle');
    for (let step = 0; step < 40; step += 1) {
      const directory = join(folder.path, String(step));
      makeState(directory, mixed, step);
      expect(checkPrefix(directory, mixed), `step ${step}`).toEqual({ isPrefix: true, step, problems: [] });
    }
  });

  it('rejects a copy whose file 1 was taken after file 0 had changed again', () => {
    using folder = scratchFolder('oracle');
    const plan: WriterPlan = { kinds: ['in-place'], files: 2, blocks: 1 };
    // Steps alternate between the two files: 10 is in file 0, 11 in file 1, 12 in file 0, 13 in file 1.
    makeState(join(folder.path, 'early'), plan, 11);
    makeState(join(folder.path, 'late'), plan, 13);
    cpSync(join(folder.path, 'late', 'in-place-1'), join(folder.path, 'early', 'in-place-1'));
    const verdict = checkPrefix(join(folder.path, 'early'), plan);
    expect(verdict.isPrefix).toBe(false);
    expect(verdict.problems).toEqual(['in-place-0#0 holds step 10; after step 13 it must hold 12']);
  });

  it.each([
    ['in-place-0', 'another step in one block of a file', (path: string) => patchBlock(path, 1, 38)],
    ['in-place-1', 'a block of two steps', (path: string) => patchHalfBlock(path)],
    ['append-0', 'half a line', (path: string) => appendFileSync(path, 'step 00')],
    ['append-0', 'a step that is not its turn', (path: string) => appendFileSync(path, line(41))],
    ['rename-over-2', 'a half written file', (path: string) => writeFileSync(path, blockOfStep(30))],
  ])('rejects %s with %s', (file, _what, spoil) => {
    using folder = scratchFolder('oracle');
    makeState(folder.path, mixed, 40);
    spoil(join(folder.path, file));
    expect(checkPrefix(folder.path, mixed).isPrefix).toBe(false);
  });

  it('accepts what the next step has begun under another name, and nothing else there', () => {
    using folder = scratchFolder('oracle');
    const before = Array.from({ length: 20 }, (_, at) => at).filter(
      (step) => step > 0 && cellOfStep(mixed, step + 1).kind === 'rename-over',
    )[0];
    if (before === undefined) throw new Error('no such step');
    makeState(folder.path, mixed, before);
    writeFileSync(join(folder.path, temporaryName), blockOfStep(before + 1));
    expect(checkPrefix(folder.path, mixed)).toMatchObject({ isPrefix: true, step: before });
    writeFileSync(join(folder.path, temporaryName), blockOfStep(before - 1));
    expect(checkPrefix(folder.path, mixed).isPrefix).toBe(false);
  });

  it('rejects a missing file', () => {
    using folder = scratchFolder('oracle');
    makeState(folder.path, { ...mixed, files: 2 }, 0);
    expect(checkPrefix(folder.path, mixed).problems).toContain('append-2 is missing');
  });
});

describe('checkFiles', () => {
  it('accepts files of different moments, each of one', () => {
    using folder = scratchFolder('oracle');
    makeState(join(folder.path, 'early'), mixed, 20);
    makeState(join(folder.path, 'late'), mixed, 40);
    cpSync(join(folder.path, 'late', 'in-place-1'), join(folder.path, 'early', 'in-place-1'));
    expect(checkPrefix(join(folder.path, 'early'), mixed).isPrefix).toBe(false);
    expect(checkFiles(join(folder.path, 'early'), mixed).filter(({ isOneVersion }) => !isOneVersion)).toEqual([]);
  });

  it('rejects exactly the file that mixes two moments', () => {
    using folder = scratchFolder('oracle');
    makeState(folder.path, mixed, 60);
    const path = join(folder.path, 'in-place-0');
    const own = Array.from({ length: 60 }, (_, at) => at + 1).filter(
      (step) => cellOfStep(mixed, step).file === 'in-place-0',
    );
    const [older] = own.slice(-4);
    const content = Buffer.concat([blockOfStep(own.at(-1) ?? 0), blockOfStep(older ?? 0)]);
    writeFileSync(path, content);
    expect(checkFiles(folder.path, mixed).filter(({ isOneVersion }) => !isOneVersion)).toEqual([
      { file: 'in-place-0', isOneVersion: false },
    ]);
  });
});

function patchBlock(path: string, block: number, step: number): void {
  const content = Buffer.alloc(2 * blockBytes, line(0));
  blockOfStep(step).copy(content, block * blockBytes);
  writeFileSync(path, content);
}

function patchHalfBlock(path: string): void {
  const content = Buffer.concat([blockOfStep(0), blockOfStep(0)]);
  blockOfStep(38).copy(content, 0, 0, blockBytes / 2);
  writeFileSync(path, content);
}
