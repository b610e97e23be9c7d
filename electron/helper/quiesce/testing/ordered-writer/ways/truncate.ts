import { ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes, blockOfStep } from '../plan.ts';
import { lengthAfter } from '../states/truncate.ts';
import { required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';

/** A new length, then the first and the last block. */
export const openTruncate: OpenWriter = ({ directory, files }) => {
  const open = new Map(
    files.map((file) => {
      const fd = openSync(join(directory, file), 'wx+');
      writeSync(fd, blockOfStep(0));
      return [file, fd];
    }),
  );
  return {
    write: (cell, step) => {
      const fd = required(open, cell.file);
      const length = lengthAfter(cell);
      ftruncateSync(fd, length * blockBytes);
      writeSync(fd, blockOfStep(step), 0, blockBytes, 0);
      writeSync(fd, blockOfStep(step), 0, blockBytes, (length - 1) * blockBytes);
    },
  };
};
