/**
 * The writer, a process of its own: `node program.ts`, driven over the IPC channel (see start.ts).
 *
 * It writes step after step, each only after the one before is complete, and keeps the longest time one step took: that
 * is how long a freeze was felt.
 */
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  blockBytes,
  blockOfStep,
  cellOfStep,
  fileName,
  line,
  replacementBlocks,
  temporaryName,
  type WriterPlan,
} from './plan.ts';

export interface WriterOrders {
  readonly directory: string;
  readonly plan: WriterPlan;
  readonly stepsPerSecond: number;
}

export interface WriterReport {
  readonly steps: number;
  readonly longestStepMs: number;
}

const open = new Map<string, number>();
const sleeper = new Int32Array(new SharedArrayBuffer(4));
let isStopped = false;

process.on('message', (message: WriterOrders | 'stop') => {
  if (message === 'stop') isStopped = true;
  else void write(message);
});
// Whoever started this is gone.
process.on('disconnect', () => process.exit(0));

async function write({ directory, plan, stepsPerSecond }: WriterOrders): Promise<void> {
  prepare(directory, plan);
  process.send?.('ready');
  const stepMs = 1000 / stepsPerSecond;
  let longestStepMs = 0;
  let step = 0;
  let dueAt = performance.now();
  let turnAt = dueAt;
  while (!isStopped) {
    step += 1;
    const startedAt = performance.now();
    writeStep(directory, plan, step);
    const endedAt = performance.now();
    longestStepMs = Math.max(longestStepMs, endedAt - startedAt);
    // After a pause it does not catch up: the rate is what is promised, not the total.
    dueAt = Math.max(dueAt + stepMs, endedAt - 20);
    if (dueAt > endedAt) Atomics.wait(sleeper, 0, 0, dueAt - endedAt);
    if (performance.now() - turnAt < 10) continue;
    process.send?.({ steps: step, longestStepMs } satisfies WriterReport);
    await nextTurn();
    turnAt = performance.now();
  }
  process.send?.({ steps: step, longestStepMs } satisfies WriterReport);
  process.disconnect();
}

/** Everything there is from the beginning, as step 0. */
function prepare(directory: string, plan: WriterPlan): void {
  for (const kind of plan.kinds)
    for (let index = 0; index < plan.files; index += 1) {
      const path = join(directory, fileName(kind, index));
      if (kind === 'in-place') {
        const fd = openSync(path, 'wx+');
        for (let block = 0; block < plan.blocks; block += 1)
          writeSync(fd, blockOfStep(0), 0, blockBytes, block * blockBytes);
        open.set(path, fd);
      } else if (kind === 'append') {
        const fd = openSync(path, 'ax');
        writeSync(fd, line(0));
        open.set(path, fd);
      } else {
        replace(directory, path, 0);
      }
    }
}

function writeStep(directory: string, plan: WriterPlan, step: number): void {
  const cell = cellOfStep(plan, step);
  const path = join(directory, cell.file);
  const fd = open.get(path);
  if (cell.kind === 'rename-over') replace(directory, path, step);
  else if (fd === undefined) throw new Error(`${path} was not prepared`);
  else if (cell.kind === 'append') writeSync(fd, line(step));
  else writeSync(fd, blockOfStep(step), 0, blockBytes, cell.block * blockBytes);
}

function replace(directory: string, path: string, step: number): void {
  const temporary = join(directory, temporaryName);
  const fd = openSync(temporary, 'w');
  for (let block = 0; block < replacementBlocks; block += 1) writeSync(fd, blockOfStep(step));
  closeSync(fd);
  renameSync(temporary, path);
}
