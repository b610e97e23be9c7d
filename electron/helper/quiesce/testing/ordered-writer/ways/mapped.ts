import { closeSync } from 'node:fs';
import { bind, check } from '../../../../system/libc.ts';
import { blockBytes, blockOfStep } from '../plan.ts';
import { makeBlockFiles, required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';
import { mapShared, store } from './memory.ts';

const MS_SYNC = 4;
const msync = bind<(at: number, length: number, flags: number) => number>('int msync(uintptr_t, size_t, int)');
const stepsPerSync = 16;

/**
 * Stores through a shared mapping whose descriptor is closed. `synced`: flushed now and then, so that pages are clean again
 * and the next store shows; else most stores leave no trace.
 */
export function openMapped({ synced }: { readonly synced: boolean }): OpenWriter {
  return (place) => {
    const bytes = place.plan.blocks * blockBytes;
    const at = new Map(
      [...makeBlockFiles(place)].map(([file, fd]) => {
        const address = mapShared(fd, bytes);
        closeSync(fd);
        return [file, address];
      }),
    );
    return {
      write: ({ file, block }, step) => {
        const address = required(at, file);
        store(address + block * blockBytes, blockOfStep(step));
        if (synced && step % stepsPerSync === 0) check(msync(address, bytes, MS_SYNC), 'msync', file);
      },
    };
  };
}
