import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { StillpointError } from '../../../shared/errors/index.ts';
import type {
  InspectedPack,
  Inspectors,
  KnownOfPack,
  ListedBlobs,
  MasterKey,
  PackBytes,
  PackFile,
  PackId,
  StartInspecting,
} from '../repository/index.ts';
import type { FromCheckThread, ToCheckThread } from './check-messages.ts';

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
  return () => new CheckThreads(options);
}

type Work = Pick<Exclude<ToCheckThread, { key: unknown }>, 'id' | 'look'> & { readonly bytes: PackBytes };

interface Waiting {
  readonly resolve: (answer: FromCheckThread) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

class CheckThreads implements Inspectors {
  readonly atOnce: number;
  readonly #program: URL;
  readonly #threads: Thread[] = [];
  #key: MasterKey | undefined;
  #lastNumber = 0;
  #failure: StillpointError | undefined;

  constructor(options: CheckThreadsOptions) {
    this.atOnce = Math.max(1, options.threads ?? Math.min(mostThreads, availableParallelism()));
    this.#program = options.program ?? new URL('./check-worker.ts', import.meta.url);
  }

  unlock(key: MasterKey): void {
    this.#key = key;
    for (const { worker } of this.#threads) worker.postMessage({ key } satisfies ToCheckThread);
  }

  async inspect(id: PackId, bytes: PackBytes, listed: ListedBlobs, known: KnownOfPack): Promise<InspectedPack> {
    const answer = await this.#ask({ id, bytes, look: { listed, known } });
    if ('damage' in answer) return answer.damage;
    throw new TypeError('what is wrong with a pack was asked');
  }

  /** More packs follow, and then the check: all threads start. */
  async hasItsName(id: PackId, file: PackFile): Promise<boolean> {
    while (this.#failure === undefined && this.#threads.length < this.atOnce) this.#start();
    const answer = await this.#ask({ id, bytes: file });
    return 'isNamed' in answer && answer.isNamed;
  }

  #ask(work: Work): Promise<FromCheckThread> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const thread = this.#freest();
    const number = ++this.#lastNumber;
    const { promise, resolve, reject } = Promise.withResolvers<FromCheckThread>();
    thread.waiting.set(number, { resolve, reject });
    // One that has nothing to do keeps no process from ending.
    thread.worker.ref();
    const { bytes } = work;
    const message: ToCheckThread = { ...work, number, bytes: 'bytes' in bytes ? { bytes: whole(bytes.bytes) } : bytes };
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
    const worker = new Worker(this.#program, { env: {}, execArgv: [], resourceLimits });
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', (answer: FromCheckThread) => this.#hear(thread, answer));
    worker.on('error', (error) => this.#lose(error));
    worker.on('exit', (code) => this.#lose(new Error(`it ended with ${code}`)));
    if (this.#key !== undefined) worker.postMessage({ key: this.#key } satisfies ToCheckThread);
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }

  #hear(thread: Thread, answer: FromCheckThread): void {
    const waiting = thread.waiting.get(answer.number);
    thread.waiting.delete(answer.number);
    if (thread.waiting.size === 0) thread.worker.unref();
    if (!('code' in answer)) waiting?.resolve(answer);
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
