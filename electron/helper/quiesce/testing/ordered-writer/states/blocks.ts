import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes } from '../plan.ts';
import { both, stepOfBlock, twoStepsOfBlock } from './block.ts';
import type { Change, Facts, KindStates } from './contract.ts';

/**
 * Files of a fixed length, one block of which each step overwrites. `mayStopWithin`: the step is no call that a freeze lets
 * finish, so that one block may be of two steps.
 */
export function blockStates({ mayStopWithin }: { readonly mayStopWithin: boolean }): KindStates {
  return {
    initial: (plan, file) =>
      Object.fromEntries(Array.from({ length: plan.blocks }, (_, block) => [`${file}#${block}`, 0])),
    stages: (before, { file, block }, step): Change[] => {
      const fact = `${file}#${block}`;
      const done = { [fact]: step };
      return mayStopWithin ? [{ [fact]: both(before.get(fact), step) }, done] : [done];
    },
    read: (directory, plan, file, problems, names): Facts => {
      const found: Facts = new Map();
      const path = join(directory, file);
      if (!existsSync(path)) {
        names.push(`${file} is missing`);
        return found;
      }
      const content = readFileSync(path);
      if (content.length !== plan.blocks * blockBytes) problems.push(`${file} has ${content.length} bytes`);
      for (let block = 0; block < plan.blocks; block += 1) {
        const bytes = content.subarray(block * blockBytes, (block + 1) * blockBytes);
        const step = stepOfBlock(bytes) ?? (mayStopWithin ? twoStepsOfBlock(bytes) : undefined);
        if (step === undefined) problems.push(`block ${block} of ${file} is of no single step`);
        else found.set(`${file}#${block}`, step);
      }
      return found;
    },
  };
}
