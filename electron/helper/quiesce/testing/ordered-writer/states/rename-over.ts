import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes, replacementBlocks, temporaryName } from '../plan.ts';
import { stepOfBlock } from './block.ts';
import type { Change, Facts, KindStates } from './contract.ts';

/** Files that are replaced by one prepared under another name, which is seen only while its step is under way. */
export const renameOverStates: KindStates = {
  initial: (_plan, file) => ({ [`${file}#0`]: 0 }),
  stages: (_before, { file }, step): Change[] => [
    ...Array.from({ length: replacementBlocks + 1 }, (_, blocks) => ({ [temporaryName]: prepared(step, blocks) })),
    { [temporaryName]: null, [`${file}#0`]: step },
  ],
  read: (directory, _plan, file, problems, names): Facts => {
    const found: Facts = new Map();
    if (file.endsWith('-0')) readTemporary(directory, found, problems);
    const path = join(directory, file);
    if (!existsSync(path)) {
      names.push(`${file} is missing`);
      return found;
    }
    const content = readFileSync(path);
    const steps = blocksIn(content);
    const [step] = steps;
    if (content.length !== replacementBlocks * blockBytes) problems.push(`${file} has ${content.length} bytes`);
    if (step === undefined || steps.some((each) => each !== step)) problems.push(`${file} is of no single step`);
    else found.set(`${file}#0`, step);
    return found;
  },
};

function prepared(step: number, blocks: number): string {
  return blocks === 0 ? 'nothing yet' : `${blocks} blocks of step ${step}`;
}

function readTemporary(directory: string, found: Facts, problems: string[]): void {
  const path = join(directory, temporaryName);
  if (!existsSync(path)) return;
  const steps = blocksIn(readFileSync(path));
  const [step] = steps;
  if (steps.some((each) => each === undefined || each !== step)) problems.push(`${temporaryName} is of no single step`);
  else found.set(temporaryName, prepared(step ?? 0, steps.length));
}

function blocksIn(content: Buffer): (number | undefined)[] {
  const blocks = Math.ceil(content.length / blockBytes);
  return Array.from({ length: blocks }, (_, at) =>
    stepOfBlock(content.subarray(at * blockBytes, (at + 1) * blockBytes)),
  );
}
