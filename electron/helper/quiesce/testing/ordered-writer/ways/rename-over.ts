import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { blockOfStep, replacementBlocks, temporaryName } from '../plan.ts';
import type { OpenWriter } from './contract.ts';

/** Prepared under another name, then renamed over the file, as editors do. */
export const openRenameOver: OpenWriter = ({ directory, files }) => {
  const replace = (file: string, step: number): void => {
    const temporary = join(directory, temporaryName);
    const fd = openSync(temporary, 'w');
    for (let block = 0; block < replacementBlocks; block += 1) writeSync(fd, blockOfStep(step));
    closeSync(fd);
    renameSync(temporary, join(directory, file));
  };
  for (const file of files) replace(file, 0);
  return { write: ({ file }, step) => replace(file, step) };
};
