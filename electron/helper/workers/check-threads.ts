import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { StillpointError } from '../../../shared/errors/index.ts';
import type {
  InspectedPack,
  Inspectors,
  ListedBlobs,
  MasterKey,
  PackBytes,
  PackId,
  StartInspecting,
} from '../repository/index.ts';
import type { CheckThreadData, FromCheckThread, ToCheckThread } from './check-messages.ts';

/** What a thread makes is small and short-lived: without this each would let tens of megabytes of it lie. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

const mostThreads = 4;

export interface CheckThreadsOptions {
  /** Default: one for each processor, four at most. */
  readonly threads?: number;
  /** Default: the thread of this folder. */
  readonly program?: URL;
}

/** Threads for one check, started with the first packs. */
export function checkThreads(options: CheckThreadsOptions = {}): StartInspecting {
  return (key) => new CheckThreads(options, key);
}

interface Waiting {
  readonly resolve: (damage: InspectedPack) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

class CheckThreads implements Inspectors {
  readonly atOnce: number;
  readonly #program: URL;
  readonly #data: CheckThreadData;
  readonly #threads: Thread[] = [];
  #lastNumber = 0;
  #failure: StillpointError | undefined;

  constructor(options: CheckThreadsOptions, key: MasterKey) {
    this.atOnce = Math.max(1, options.threads ?? Math.min(mostThreads, availableParallelism()));
    this.#program = options.program ?? new URL('./check-worker.ts', import.meta.url);
    this.#data = { key };
  }

  inspect(id: PackId, bytes: PackBytes, listed: ListedBlobs): Promise<InspectedPack> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const thread = this.#freest();
    const number = ++this.#lastNumber;
    const { promise, resolve, reject } = Promise.withResolvers<InspectedPack>();
    thread.waiting.set(number, { resolve, reject });
    const message: ToCheckThread = {
      number,
      id,
      bytes: 'bytes' in bytes ? { bytes: whole(bytes.bytes) } : bytes,
      listed,
    };
    thread.worker.postMessage(message, 'bytes' in message.bytes ? [message.bytes.bytes.buffer as ArrayBuffer] : []);
    return promise;
  }

  async close(): Promise<void> {
    this.#failure ??= ended('The check was over.');
    // Nobody reads any more when those who wait are told.
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    this.#fail(this.#failure);
  }

  #freest(): Thread {
    const [freest] = [...this.#threads].sort((one, other) => one.waiting.size - other.waiting.size);
    const isEnough = freest !== undefined && (freest.waiting.size === 0 || this.#threads.length >= this.atOnce);
    return isEnough ? freest : this.#start();
  }

  #start(): Thread {
    // Nothing of the surroundings is a thread's business, secrets that may be there least.
    const worker = new Worker(this.#program, { workerData: this.#data, env: {}, execArgv: [], resourceLimits });
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', (answer: FromCheckThread) => this.#hear(thread, answer));
    worker.on('error', (error) => this.#lose(error));
    worker.on('exit', (code) => this.#lose(new Error(`it ended with ${code}`)));
    this.#threads.push(thread);
    return thread;
  }

  #hear(thread: Thread, answer: FromCheckThread): void {
    const waiting = thread.waiting.get(answer.number);
    thread.waiting.delete(answer.number);
    if ('damage' in answer) waiting?.resolve(answer.damage);
    else waiting?.reject(Object.assign(new Error(answer.message), { code: answer.code, syscall: 'read' }));
  }

  /** A thread ended by itself: what it looked at was not looked at, so the check fails. */
  #lose(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = ended(cause instanceof Error ? cause.message : String(cause), cause);
    void this.close();
  }

  #fail(error: StillpointError): void {
    for (const { waiting } of this.#threads) {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    }
  }
}

/** In memory of its own, which can be handed over. */
function whole(bytes: Buffer): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
}

function ended(why: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'internal',
    message: `A thread that looks through the repository ended: ${why}`,
    guidance: 'Nothing was found out about the rest. Try again; when it happens again, look whether memory is short.',
    retryable: true,
    cause,
  });
}
