import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { both, stepOfBlock } from './block.ts';
import type { Change, Facts, KindStates } from './contract.ts';
import { namesAt } from './hardlink.ts';

/**
 * Files that begin without a name, get one, lose it again and are written to afterwards through a descriptor that stays
 * open. Seen is only the newest, with the content it had when it got its name.
 */
export const unlinkedStates: KindStates = {
  initial: (_plan, file) => ({ [file]: 0 }),
  stages: (before, { file }, step): Change[] => [{ [file]: both(before.get(file), step) }, { [file]: step }],
  read: (directory, _plan, file, problems): Facts => {
    const named = namesAt(directory, file);
    for (const { name, step } of named)
      if (stepOfBlock(readFileSync(join(directory, name))) !== step)
        problems.push(`${name} does not hold what it was named for`);
    const [first, second] = named;
    if (first === undefined || named.length > 2) {
      problems.push(`${file} has ${named.length} names`);
      return new Map();
    }
    return new Map([[file, second === undefined ? first.step : both(first.step, second.step)]]);
  },
};
