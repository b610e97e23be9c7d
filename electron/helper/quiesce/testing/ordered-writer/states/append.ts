import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellOfStep, line, lineBytes } from '../plan.ts';
import { stepOfLine } from './block.ts';
import type { Facts, KindStates } from './contract.ts';

/** A log: it must hold every step that was its turn, in order, up to its last. */
export const appendStates: KindStates = {
  initial: (_plan, file) => ({ [`${file}#0`]: 0 }),
  stages: (_before, { file }, step) => [{ [`${file}#0`]: step }],
  read: (directory, plan, file, problems, names): Facts => {
    const path = join(directory, file);
    if (!existsSync(path)) {
      names.push(`${file} is missing`);
      return new Map();
    }
    const content = readFileSync(path);
    const last = stepOfLine(content.subarray(-lineBytes));
    if (last === undefined) {
      problems.push(`${file} ends in the middle of a line`);
      return new Map();
    }
    const lines = [line(0)];
    for (let step = 1; step <= last; step += 1) if (cellOfStep(plan, step).file === file) lines.push(line(step));
    if (!content.equals(Buffer.from(lines.join('')))) problems.push(`${file} misses a step or holds one twice`);
    return new Map([[`${file}#0`, last]]);
  },
};
