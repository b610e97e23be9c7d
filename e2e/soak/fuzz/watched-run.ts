import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CaseResult } from '../../harness/soak.ts';
import { root } from '../../harness/tree.ts';
import type { GuidedResult } from './guided-run.ts';

export interface FuzzOrder {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  /** How many inputs were begun, and how long the one under way is. */
  readonly progress: SharedArrayBuffer;
  /** The input under way. */
  readonly current: SharedArrayBuffer;
}

export type FuzzAnswer =
  | ({ readonly ok: true } & GuidedResult)
  | { readonly ok: false; readonly message: string; readonly input: Uint8Array };

/** An input that takes longer hangs whoever reads it. */
const longestMs = 10_000;
/** What a thread may take: an input of a few kilobytes that needs more is an attack. */
const resourceLimits = { maxOldGenerationSizeMb: 512 };

/** Runs a target on a thread of its own, and ends it when an input takes too long. */
export async function watchedRun(name: string, seed: number, count: number): Promise<CaseResult> {
  const progress = new SharedArrayBuffer(8);
  const current = new SharedArrayBuffer(256 * 1024);
  const order: FuzzOrder = { name, seed, count, progress, current };
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData: order, resourceLimits });
  const tried = new Int32Array(progress);
  const finding = (message: string, input: Uint8Array): CaseResult => ({
    ok: false,
    facts: { seed, tried: Atomics.load(tried, 0), message, kept: keep(name, input) },
  });
  const underWay = (): Uint8Array => Uint8Array.from(new Uint8Array(current, 0, Atomics.load(tried, 1)));
  const { promise, resolve } = Promise.withResolvers<CaseResult>();
  let before = -1;
  const watch = setInterval(() => {
    const now = Atomics.load(tried, 0);
    if (now > 0 && now === before) resolve(finding(`nothing came of an input in ${longestMs} ms`, underWay()));
    before = now;
  }, longestMs);
  worker.on('message', (answer: FuzzAnswer) => {
    if (!answer.ok) return resolve(finding(answer.message, answer.input));
    const { tried: all, kept, blocks } = answer;
    resolve({ ok: true, facts: { seed, tried: all, kept, blocks } });
  });
  worker.on('error', (error) => resolve(finding(String(error), underWay())));
  worker.on('exit', () => resolve(finding('the thread ended by itself', underWay())));
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

/** Where the input is kept. */
function keep(name: string, input: Uint8Array): string {
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const path = join(root, 'out/soak/fuzz', `${name.replaceAll(' ', '-')}-${hash}`);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, input);
  return path;
}
