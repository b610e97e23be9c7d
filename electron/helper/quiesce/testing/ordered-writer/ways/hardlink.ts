import { closeSync, linkSync, openSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { blockOfStep, nameAt } from '../plan.ts';
import { isLinkRound } from '../states/hardlink.ts';
import { required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';

/** Writes through the second name of a file, which is another one every other time. */
export const openHardlink: OpenWriter = ({ directory, files }) => {
  const second = new Map<string, string>();
  const link = (file: string, step: number): void => {
    const name = join(directory, nameAt(file, step));
    linkSync(join(directory, file), name);
    const before = second.get(file);
    if (before !== undefined) unlinkSync(before);
    second.set(file, name);
  };
  for (const file of files) {
    writeFileSync(join(directory, file), blockOfStep(0), { flag: 'wx' });
    link(file, 0);
  }
  return {
    write: (cell, step) => {
      if (isLinkRound(cell)) return link(cell.file, step);
      const fd = openSync(required(second, cell.file), 'r+');
      writeSync(fd, blockOfStep(step), 0, undefined, 0);
      closeSync(fd);
    },
  };
};
