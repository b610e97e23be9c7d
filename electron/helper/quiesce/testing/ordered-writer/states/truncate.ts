import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes, type Cell } from '../plan.ts';
import { isZero, stepOfBlock } from './block.ts';
import type { Change, Facts, KindStates } from './contract.ts';

const longest = 8;
const hole = 'hole';

/** Blocks of the file after this round: it grows and shrinks by turns, and is never empty. */
export function lengthAfter({ round }: Cell): number {
  return 1 + ((round * 5) % longest);
}

/** A file that is cut or grown, then gets its first and its last block written. */
export const truncateStates: KindStates = {
  initial: (_plan, file) => ({ [`${file}#0`]: 0 }),
  stages: (before, cell, step): Change[] => {
    const length = lengthAfter(cell);
    const fact = (block: number): string => `${cell.file}#${block}`;
    const resized: Record<string, number | string | null> = {};
    for (let block = 0; block < longest; block += 1) {
      if (block >= length && before.has(fact(block))) resized[fact(block)] = null;
      if (block < length && !before.has(fact(block))) resized[fact(block)] = hole;
    }
    return [resized, { [fact(0)]: step }, { [fact(length - 1)]: step }];
  },
  read: (directory, _plan, file, problems, names): Facts => {
    const found: Facts = new Map();
    const path = join(directory, file);
    if (!existsSync(path)) {
      names.push(`${file} is missing`);
      return found;
    }
    const content = readFileSync(path);
    if (content.length % blockBytes !== 0) problems.push(`${file} has ${content.length} bytes`);
    for (let block = 0; block * blockBytes < content.length; block += 1) {
      const bytes = content.subarray(block * blockBytes, (block + 1) * blockBytes);
      const value = stepOfBlock(bytes) ?? (isZero(bytes) ? hole : undefined);
      if (value === undefined) problems.push(`block ${block} of ${file} is of no single step`);
      else found.set(`${file}#${block}`, value);
    }
    return found;
  },
};
