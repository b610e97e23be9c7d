import { fsyncSync, writeSync } from 'node:fs';
import { blockBytes, blockOfStep } from '../plan.ts';
import { makeBlockFiles, required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';

/** pwrite(2) through descriptors that stay open; `synced`: flushed after each step. */
export function openInPlace({ synced }: { readonly synced: boolean }): OpenWriter {
  return (place) => {
    const files = makeBlockFiles(place);
    return {
      write: ({ file, block }, step) => {
        const fd = required(files, file);
        writeSync(fd, blockOfStep(step), 0, blockBytes, block * blockBytes);
        if (synced) fsyncSync(fd);
      },
    };
  };
}
