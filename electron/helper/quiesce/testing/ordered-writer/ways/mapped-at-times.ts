import { writeSync } from 'node:fs';
import { blockBytes, blockOfStep } from '../plan.ts';
import { makeBlockFiles, required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';
import { mapShared, store, unmap } from './memory.ts';

const stepsPerMapping = 8;
const restMs = 20;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Keeps a plain descriptor, writes by it, then maps the file for some stores, and unmaps it again: whoever looks in between
 * finds the descriptor only, and the closing of it is never told.
 */
export const openMappedAtTimes: OpenWriter = (place) => {
  const bytes = place.plan.blocks * blockBytes;
  const files = new Map(
    [...makeBlockFiles(place)].map(([file, fd]) => [file, { fd, at: undefined as number | undefined, steps: 0 }]),
  );
  return {
    write: ({ file, block }, step) => {
      const each = required(files, file);
      const turn = each.steps % stepsPerMapping;
      each.steps += 1;
      if (turn === 0) {
        writeSync(each.fd, blockOfStep(step), 0, blockBytes, block * blockBytes);
        return;
      }
      each.at ??= mapShared(each.fd, bytes);
      store(each.at + block * blockBytes, blockOfStep(step));
      if (turn < stepsPerMapping - 1) return;
      unmap(each.at, bytes);
      each.at = undefined;
      Atomics.wait(nobody, 0, 0, restMs);
    },
  };
};
