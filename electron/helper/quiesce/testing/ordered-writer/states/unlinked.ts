import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { both, stepOfBlock } from './block.ts';
import type { Change, Facts, KindStates } from './contract.ts';
import { namesAt } from './hardlink.ts';

/** What is written to a file that has lost its name: no copy may show it under one. */
export const afterUnlink = 9_999_999_999;

/**
 * Files that begin without a name, get one, lose it again and are written to afterwards through a descriptor that stays
 * open. Seen is only the newest, with the content it had when it got its name.
 */
export const unlinkedStates: KindStates = {
  initial: (_plan, file) => named(file, 0, 0),
  stages: (before, { file }, step): Change[] => {
    const older = Number(before.get(file));
    return [named(file, older, step), named(file, step, step)];
  },
  read: (directory, _plan, file, problems, names): Facts => {
    const found = namesAt(directory, file);
    const contents = found.map(({ name }) => {
      const step = stepOfBlock(readFileSync(join(directory, name)));
      if (step === undefined) problems.push(`${name} is of no single step`);
      return step === afterUnlink ? -1 : (step ?? 0);
    });
    const [first, second] = found;
    if (first === undefined || found.length > 2) {
      names.push(`${file} has ${found.length} names`);
      return new Map();
    }
    const [content = 0, other = content] = contents;
    return new Map([
      [file, both(first.step, (second ?? first).step)],
      [`${file} content`, both(content, other)],
    ]);
  },
};

function named(file: string, older: number, newer: number): Change {
  return { [file]: both(older, newer), [`${file} content`]: both(older, newer) };
}
