/**
 * The writer, a process of its own: `node program.ts`, driven over the IPC channel (see start.ts).
 *
 * It writes step after step, each only after the one before is complete, and keeps the longest time one step took: that
 * is how long a freeze was felt.
 */
import { mkdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { cellOfStep, filesOf, type StepKind, type WriterPlan } from './plan.ts';
import type { StepWriter } from './ways/contract.ts';
import { waysOf } from './ways/index.ts';

export interface WriterOrders {
  readonly directory: string;
  readonly plan: WriterPlan;
  readonly stepsPerSecond: number;
  /** A folder of the same filesystem, not of the source, for what moves in and out. Default: beside `directory`. */
  readonly outside?: string;
  /** Every step's time is kept, and told at the end. */
  readonly keepsTimes?: boolean;
}

export interface WriterReport {
  readonly steps: number;
  readonly longestStepMs: number;
  /** Every step in order, if it was asked for: when it began, ms since the epoch, and how long it took, ms. */
  readonly times?: readonly (readonly [number, number])[];
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
let isStopped = false;

process.on('message', (message: WriterOrders | 'stop') => {
  if (message === 'stop') isStopped = true;
  else void write(message);
});
// Whoever started this is gone.
process.on('disconnect', () => process.exit(0));

async function write(orders: WriterOrders): Promise<void> {
  const { plan, stepsPerSecond, keepsTimes = false } = orders;
  const writers = openWriters(orders);
  process.send?.('ready');
  const stepMs = 1000 / stepsPerSecond;
  const times: [number, number][] = [];
  let longestStepMs = 0;
  let step = 0;
  let dueAt = performance.now();
  let turnAt = dueAt;
  while (!isStopped) {
    step += 1;
    const cell = cellOfStep(plan, step);
    const startedAt = performance.now();
    writers.get(cell.kind)?.write(cell, step);
    const endedAt = performance.now();
    longestStepMs = Math.max(longestStepMs, endedAt - startedAt);
    if (keepsTimes) times.push([performance.timeOrigin + startedAt, endedAt - startedAt]);
    // After a pause it does not catch up: the rate is what is promised, not the total.
    dueAt = Math.max(dueAt + stepMs, endedAt - 20);
    if (dueAt > endedAt) Atomics.wait(sleeper, 0, 0, dueAt - endedAt);
    if (performance.now() - turnAt < 10) continue;
    process.send?.({ steps: step, longestStepMs } satisfies WriterReport);
    await nextTurn();
    turnAt = performance.now();
  }
  process.send?.({ steps: step, longestStepMs, times } satisfies WriterReport);
  process.disconnect();
}

/** Everything there is from the beginning, as step 0. */
function openWriters({ directory, plan, outside = `${directory}.outside` }: WriterOrders): Map<StepKind, StepWriter> {
  mkdirSync(outside, { recursive: true });
  return new Map(
    plan.kinds.map((kind) => {
      const files = filesOf({ ...plan, kinds: [kind] }).map(({ file }) => file);
      return [kind, waysOf[kind]({ directory, outside, plan, kind, files })];
    }),
  );
}
