import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { AnswerOf, HandJob, HandSettings, RestoreHands, StartHands } from '../restore/index.ts';
import type { Identity } from '../system/identity.ts';
import { decodeAnswers, encodeJob, type FromHand } from './restore-messages.ts';

/** What a thread makes is small and short-lived: without this each would let tens of megabytes of it lie. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

const mostThreads = 4;
/** Jobs under way to a thread: it finds the next one there when it is done. */
const jobsAhead = 2;

export interface RestoreThreadsOptions {
  /** In whose name files are touched; null: the helper's own. */
  readonly identity: Identity | null;
  /** Default: one for each processor, four at most. */
  readonly threads?: number;
  /** Default: the thread of this folder. */
  readonly program?: URL;
}

/** Threads for one restore, started with its first job. */
export function restoreThreads(options: RestoreThreadsOptions): StartHands {
  return (settings) =>
    new Hands(options, { ...settings, identity: options.identity, witnessKey: Uint8Array.from(randomBytes(32)) });
}

interface Waiting {
  readonly job: HandJob;
  readonly resolve: (answers: AnswerOf[HandJob['kind']]) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly underWay: Map<number, Waiting>;
}

class Hands implements RestoreHands {
  readonly count: number;
  readonly witnesses = new Map<BlobId, string>();
  readonly #options: RestoreThreadsOptions;
  readonly #settings: HandSettings;
  readonly #threads: Thread[] = [];
  readonly #queue: Waiting[] = [];
  #lastNumber = 0;
  #failure: StillpointError | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RestoreThreadsOptions, settings: HandSettings) {
    this.#options = options;
    this.#settings = settings;
    this.count = Math.max(1, options.threads ?? Math.min(mostThreads, availableParallelism()));
  }

  async do<Kind extends HandJob['kind']>(job: Extract<HandJob, { kind: Kind }>): Promise<AnswerOf[Kind]> {
    if (this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<AnswerOf[HandJob['kind']]>();
    this.#queue.push({ job, resolve, reject });
    this.#send();
    return (await promise) as AnswerOf[Kind];
  }

  close(): Promise<void> {
    this.#end(ended('The restore was over.'));
    this.#closing ??= Promise.all(this.#threads.map(({ worker }) => worker.terminate())).then(() => {});
    return this.#closing;
  }

  #send(): void {
    while (this.#queue.length > 0) {
      const thread = this.#freest();
      if (thread === undefined) return;
      const waiting = this.#queue.shift() as Waiting;
      const number = ++this.#lastNumber;
      thread.underWay.set(number, waiting);
      const { message, transfer } = encodeJob(number, waiting.job);
      thread.worker.postMessage(message, transfer);
    }
  }

  #freest(): Thread | undefined {
    let freest: Thread | undefined;
    for (const thread of this.#threads)
      if (freest === undefined || thread.underWay.size < freest.underWay.size) freest = thread;
    if (this.#threads.length < this.count && (freest === undefined || freest.underWay.size > 0)) return this.#start();
    return freest !== undefined && freest.underWay.size < jobsAhead ? freest : undefined;
  }

  #start(): Thread {
    const program = this.#options.program ?? new URL('./restore-worker.ts', import.meta.url);
    // Nothing of the surroundings is a thread's business, secrets that may be there least.
    const worker = new Worker(program, { workerData: this.#settings, env: {}, execArgv: [], resourceLimits });
    const thread: Thread = { worker, underWay: new Map() };
    worker.on('message', (message: FromHand) => this.#hear(thread, message));
    worker.on('error', (error) => this.#fail(error.message, error));
    worker.on('exit', (code) => this.#fail(`it ended with ${code}`));
    this.#threads.push(thread);
    return thread;
  }

  #hear(thread: Thread, message: FromHand): void {
    const waiting = thread.underWay.get(message.number);
    thread.underWay.delete(message.number);
    waiting?.resolve(decodeAnswers(message));
    this.#send();
  }

  /** A thread ended by itself: the others end as well before anybody hears of it, so that nothing is written afterwards. */
  #fail(why: string, cause?: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = ended(why, cause);
    const failure = this.#failure;
    this.#closing = Promise.all(this.#threads.map(({ worker }) => worker.terminate())).then(() => this.#end(failure));
  }

  #end(error: StillpointError): void {
    this.#failure ??= error;
    const waiting = [...this.#queue.splice(0), ...this.#threads.flatMap(({ underWay }) => [...underWay.values()])];
    for (const { underWay } of this.#threads) underWay.clear();
    for (const { reject } of waiting) reject(this.#failure);
  }
}

function ended(why: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'internal',
    message: `A thread that puts files back ended: ${why}`,
    guidance:
      'What was put back so far stays, and nothing half-written is left. Try again; when it happens again, look whether this computer is short of memory.',
    retryable: true,
    cause,
  });
}
