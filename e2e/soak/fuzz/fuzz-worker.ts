import { parentPort, workerData } from 'node:worker_threads';
import { fuzzTargetNamed } from './fuzz-targets.ts';
import { Finding, guidedRun } from './guided-run.ts';
import type { FuzzAnswer, FuzzOrder } from './watched-run.ts';

const { name, seed, count, progress, current } = workerData as FuzzOrder;
const tried = new Int32Array(progress);
const shown = new Uint8Array(current);

let answer: FuzzAnswer;
try {
  const result = guidedRun({
    ...{ target: fuzzTargetNamed(name), seed, count },
    onInput(input) {
      shown.set(input.subarray(0, shown.length));
      Atomics.store(tried, 1, input.length);
      Atomics.add(tried, 0, 1);
    },
  });
  answer = { ok: true, ...result };
} catch (error) {
  if (!(error instanceof Finding)) throw error;
  answer = { ok: false, message: error.message, input: error.input };
}
parentPort?.postMessage(answer);
