import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { MixOnThreads } from '../repository/index.ts';
import type { ScryptThreadData } from './scrypt-messages.ts';

const mostThreads = 4;
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

export interface ScryptThreadsOptions {
  /** Default: one for each processor, four at most. */
  readonly threads?: number;
  /** Default: the thread of this folder. */
  readonly program?: URL;
}

/** Threads for one password, started when it is given and gone when its key is there. */
export function scryptThreads(options: ScryptThreadsOptions = {}): MixOnThreads {
  const threads = options.threads ?? Math.min(mostThreads, availableParallelism());
  const program = options.program ?? new URL('./scrypt-worker.ts', import.meta.url);
  return async (blocks, cost) => {
    const shared = new SharedArrayBuffer(blocks.length);
    const bytes = Buffer.from(shared);
    blocks.copy(bytes);
    const each = 128 * cost.r;
    const count = blocks.length / each;
    const sharers = Math.min(threads, count);
    // Whole blocks; no share is longer than another by more than one.
    const ends = Array.from({ length: sharers }, (_, index) => Math.floor(((index + 1) * count) / sharers) * each);
    try {
      const shares = ends.map((end, index) => mixed(program, { shared, start: ends[index - 1] ?? 0, end, cost }));
      // All of them, also where one failed: who still mixes would write again what is wiped below.
      const failed = (await Promise.allSettled(shares)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
      bytes.copy(blocks);
    } finally {
      bytes.fill(0);
    }
  };
}

function mixed(program: URL, workerData: ScryptThreadData): Promise<void> {
  return new Promise((resolve, reject) => {
    // Nothing of the surroundings is a thread's business, secrets that may be there least.
    const worker = new Worker(program, { workerData, env: {}, execArgv: [], resourceLimits });
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread ended before its blocks were mixed')));
  });
}
