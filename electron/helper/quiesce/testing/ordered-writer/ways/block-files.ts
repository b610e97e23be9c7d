import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes, blockOfStep } from '../plan.ts';
import type { WriterPlace } from './contract.ts';

/** Makes the files of a kind, every block of step 0, flushed, and opens each with these flags. Returns descriptors by file. */
export function makeBlockFiles(place: WriterPlace, flags = constants.O_RDWR): ReadonlyMap<string, number> {
  return new Map(
    place.files.map((file) => {
      const path = join(place.directory, file);
      const fd = openSync(path, 'wx+');
      for (let block = 0; block < place.plan.blocks; block += 1)
        writeSync(fd, blockOfStep(0), 0, blockBytes, block * blockBytes);
      fsyncSync(fd);
      closeSync(fd);
      return [file, openSync(path, flags)];
    }),
  );
}

export function required<T>(values: ReadonlyMap<string, T>, file: string): T {
  const value = values.get(file);
  if (value === undefined) throw new Error(`${file} was not prepared`);
  return value;
}
