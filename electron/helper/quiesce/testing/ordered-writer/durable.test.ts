import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch-folder.ts';
import { durableProblems } from './durable.ts';
import { blockOfStep, cellOfStep, fileName, type WriterPlan } from './plan.ts';

const plan: WriterPlan = { kinds: ['synced', 'rename-over'], files: 2, blocks: 2 };

/** Flushed files after some step, less one step where that is given; the others are as a crash may leave them: empty. */
function problemsOf(step: number, completeBefore: number, without = 0): readonly string[] {
  using folder = scratchFolder('durable');
  for (let index = 0; index < plan.files; index += 1) {
    const blocks = Array.from({ length: plan.blocks }, (_, block) => {
      const own = Array.from({ length: step }, (_, at) => at + 1).findLast((each) => {
        const cell = cellOfStep(plan, each);
        return (
          each !== without && cell.kind === 'synced' && cell.file === fileName('synced', index) && cell.block === block
        );
      });
      return blockOfStep(own ?? 0);
    });
    writeFileSync(join(folder.path, fileName('synced', index)), Buffer.concat(blocks));
    writeFileSync(join(folder.path, fileName('rename-over', index)), '');
  }
  return durableProblems(folder.path, plan, completeBefore);
}

const flushed = Array.from({ length: 40 }, (_, at) => at + 1).filter(
  (step) => cellOfStep(plan, step).kind === 'synced',
);
const [last = 0, before = 0] = flushed.toReversed();

describe('what a crash leaves of flushed steps', () => {
  it('is all of them, in order, whatever became of what nobody flushed', () => {
    expect(problemsOf(40, 0)).toEqual([]);
    expect(problemsOf(40, 40)).toEqual([]);
    expect(problemsOf(0, 0)).toEqual([]);
  });

  it('is not one without the one before it', () => {
    expect(problemsOf(last, 0, before)).toEqual([expect.stringContaining(`${before} was flushed`)]);
  });

  it('is not less than was complete when it was asked for', () => {
    expect(problemsOf(before, before)).toEqual([]);
    expect(problemsOf(before, last)).toEqual([expect.stringContaining(`${last} was flushed`)]);
  });
});
