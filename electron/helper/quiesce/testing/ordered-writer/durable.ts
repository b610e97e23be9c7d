import { cellOfStep, filesOf, type WriterPlan } from './plan.ts';
import type { Facts } from './states/contract.ts';
import { statesOf } from './states/index.ts';

/**
 * What is wrong with a copy that promises no more than a crash does: that what was flushed before is there, and nothing
 * flushed later without what was flushed earlier. Judged by the files of kind `synced`; about the others, which nobody
 * flushed, a crash says nothing. `completeBefore`: steps known to be complete before the copy was asked for. Empty: nothing.
 */
export function durableProblems(directory: string, plan: WriterPlan, completeBefore: number): readonly string[] {
  const problems: string[] = [];
  const found: Facts = new Map();
  for (const { kind, file } of filesOf(plan))
    if (kind === 'synced')
      for (const [fact, value] of statesOf[kind].read(directory, plan, file, problems)) found.set(fact, value);
  const newest = Math.max(0, ...[...found.values()].filter((value) => typeof value === 'number'));
  const expected: Facts = new Map();
  for (const { kind, file } of filesOf(plan))
    if (kind === 'synced')
      for (const [fact, value] of Object.entries(statesOf[kind].initial(plan, file)))
        if (value !== null) expected.set(fact, value);
  // Whatever is complete has to be there; what is newer shows by being there.
  for (let step = 1; step <= Math.max(newest, completeBefore); step += 1) {
    const cell = cellOfStep(plan, step);
    if (cell.kind !== 'synced') continue;
    for (const change of statesOf.synced.stages(expected, cell, step, plan))
      for (const [fact, value] of Object.entries(change)) if (value !== null) expected.set(fact, value);
  }
  for (const [fact, step] of expected)
    if (found.get(fact) !== step) problems.push(`${fact} holds ${found.get(fact) ?? 'nothing'}; ${step} was flushed`);
  return problems.slice(0, 10);
}
