import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes } from '../plan.ts';
import { isZero, stepOfBlock } from './block.ts';
import type { Facts, KindStates } from './contract.ts';

const blocksAtOnce = 256;

/** One large file, any block of which a step overwrites, perhaps shared by several writers. Blocks nobody wrote are zero. */
export const scatteredStates: KindStates = {
  initial: () => ({}),
  stages: (_before, { file, block }, step) => [{ [`${file}#${block}`]: step }],
  read: (directory, plan, file, problems, names): Facts => {
    const found: Facts = new Map();
    const path = join(directory, file);
    if (!existsSync(path)) {
      names.push(`${file} is missing`);
      return found;
    }
    const { own, of } = plan.share ?? { own: 0, of: 1 };
    const fd = openSync(path, 'r');
    try {
      if (fstatSync(fd).size !== plan.blocks * blockBytes) problems.push(`${file} has ${fstatSync(fd).size} bytes`);
      const buffer = Buffer.alloc(blocksAtOnce * blockBytes);
      for (let first = 0; first < plan.blocks; first += blocksAtOnce) {
        readSync(fd, buffer, 0, buffer.length, first * blockBytes);
        for (let at = 0; at < blocksAtOnce && first + at < plan.blocks; at += 1) {
          if ((first + at) % of !== own) continue;
          const block = buffer.subarray(at * blockBytes, (at + 1) * blockBytes);
          const step = stepOfBlock(block);
          if (step !== undefined) found.set(`${file}#${first + at}`, step);
          else if (!isZero(block)) problems.push(`block ${first + at} of ${file} is of no single step`);
        }
      }
    } finally {
      closeSync(fd);
    }
    return found;
  },
};
