import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blockOfStep, nameAt } from '../plan.ts';
import { contentBelow, isWriteRound, type MovePlace, movedName, placeAfter } from '../states/move.ts';
import { required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';

/** Renames a folder from place to place, some of which are not of the source, and writes into it on the way. */
export const openMove: OpenWriter = ({ directory, outside, files }) => {
  const at = new Map<string, string>();
  const folderOf = (file: string, place: MovePlace): string =>
    place === 'outside' ? join(outside, file) : join(directory, file, place);
  for (const file of files) {
    for (const place of ['a', 'b', 'outside'] as const) mkdirSync(folderOf(file, place), { recursive: true });
    const path = join(folderOf(file, 'a'), nameAt(movedName, 0));
    mkdirSync(dirname(join(path, ...contentBelow)), { recursive: true });
    writeFileSync(join(path, ...contentBelow), blockOfStep(0));
    at.set(file, path);
  }
  return {
    write: (cell, step) => {
      const path = join(folderOf(cell.file, placeAfter(cell)), nameAt(movedName, step));
      renameSync(required(at, cell.file), path);
      at.set(cell.file, path);
      if (!isWriteRound(cell)) return;
      const fd = openSync(join(path, ...contentBelow), 'r+');
      writeSync(fd, blockOfStep(step), 0, undefined, 0);
      closeSync(fd);
    },
  };
};
