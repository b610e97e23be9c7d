import { constants } from 'node:fs';
import { bind, check } from '../../../../system/libc.ts';
import { blockBytes, blockOfStep } from '../plan.ts';
import { makeBlockFiles, required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';
import { allocate, store } from './memory.ts';

const pwrite = bind<(fd: number, from: number, length: number, offset: number) => number>(
  'intptr_t pwrite(int, uintptr_t, size_t, int64_t)',
);

/** O_DIRECT: past the page cache. */
export const openDirect: OpenWriter = (place) => {
  const files = makeBlockFiles(place, constants.O_RDWR | constants.O_DIRECT);
  const page = allocate(blockBytes);
  return {
    write: ({ file, block }, step) => {
      store(page, blockOfStep(step));
      const written = check(pwrite(required(files, file), page, blockBytes, block * blockBytes), 'pwrite', file);
      if (written !== blockBytes) throw new Error(`${written} bytes of ${blockBytes} were written`);
    },
  };
};
