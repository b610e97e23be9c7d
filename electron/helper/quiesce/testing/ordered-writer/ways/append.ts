import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { line } from '../plan.ts';
import { required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';

/** One line at the end of a log. */
export const openAppend: OpenWriter = ({ directory, files }) => {
  const open = new Map(
    files.map((file) => {
      const fd = openSync(join(directory, file), 'ax');
      writeSync(fd, line(0));
      return [file, fd];
    }),
  );
  return { write: ({ file }, step) => void writeSync(required(open, file), line(step)) };
};
