import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes, blockOfStep } from '../plan.ts';
import { required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';

/** Here and there in a large file that others may write to as well. Made, without content, where it is not there. */
export const openScattered: OpenWriter = ({ directory, files, plan }) => {
  const open = new Map(
    files.map((file) => {
      const path = join(directory, file);
      closeSync(openSync(path, 'a'));
      const fd = openSync(path, 'r+');
      if (fstatSync(fd).size === 0) ftruncateSync(fd, plan.blocks * blockBytes);
      return [file, fd];
    }),
  );
  return {
    write: ({ file, block }, step) => {
      writeSync(required(open, file), blockOfStep(step), 0, blockBytes, block * blockBytes);
    },
  };
};
