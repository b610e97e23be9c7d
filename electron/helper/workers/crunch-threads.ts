import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Crunched, CrunchJob, CrunchLine, NamedJob, StartCrunching } from '../repository/crunch/contract.ts';
import { slabLength } from '../repository/crunch/slab-pack.ts';
import type { Identity } from '../system/identity.ts';
import { keepMemorySmall } from '../system/trim-memory.ts';
import {
  type CrunchThreadData,
  decodeAnswers,
  decodePack,
  encodeJobs,
  type FromThread,
  type JobAnswer,
  type NumberedJob,
  type Slabs,
  type ToThread,
} from './messages.ts';
import { closeLeftOpen } from './named-files.ts';

/**
 * What a thread makes is small and short-lived: without this each would let tens of megabytes of it lie. What lives in it is
 * the list of a pack's blobs, some ten megabytes at most.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 128 };

const mostThreads = 4;
/** One is filled while the other is written. */
const slabsPerThread = 2;
/** Many small jobs go in one message: a message costs more than reading a small file. */
const jobsPerMessage = 64;
const bytesPerMessage = 2 * 1024 * 1024;
/** Messages under way to a thread: it finds the next one there when it is done. */
const messagesAhead = 2;

export interface CrunchThreadsOptions {
  /** Default: one for each processor, four at most. */
  readonly threads?: number;
  /** In whose name named files are opened. Default: the process's own. */
  readonly identity?: Identity | null;
  /** Default: the thread of this folder. */
  readonly program?: URL;
}

/** Threads for one run, started when the first file is put. */
export function crunchThreads(options: CrunchThreadsOptions = {}): StartCrunching {
  return (settings, onPack, onFailure) => new Line(options, settings, onPack, onFailure);
}

interface Waiting {
  readonly job: CrunchJob | NamedJob;
  readonly resolve: (crunched: Crunched) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly slabs: Slabs;
  readonly openFiles: Int32Array;
  readonly messages: Set<ReadonlySet<number>>;
  flushed: (() => void)[];
  readonly ended: Promise<void>;
}

class Line implements CrunchLine {
  readonly #onPack: Parameters<StartCrunching>[1];
  readonly #onFailure: Parameters<StartCrunching>[2];
  readonly #threads: readonly Thread[];
  readonly #queue: Waiting[] = [];
  readonly #underWay = new Map<number, Waiting>();
  readonly #idle: (() => void)[] = [];
  #lastNumber = 0;
  #isSending = false;
  #failure: unknown;
  #isClosed = false;

  constructor(
    options: CrunchThreadsOptions,
    settings: CrunchThreadData['settings'],
    onPack: Parameters<StartCrunching>[1],
    onFailure: Parameters<StartCrunching>[2],
  ) {
    this.#onPack = onPack;
    this.#onFailure = onFailure;
    const count = Math.max(1, options.threads ?? Math.min(mostThreads, availableParallelism()));
    keepMemorySmall();
    const program = options.program ?? new URL('./crunch-worker.ts', import.meta.url);
    const identity = options.identity ?? null;
    this.#threads = Array.from({ length: count }, () => this.#startThread(program, settings, identity));
  }

  put(job: CrunchJob): Promise<Crunched> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isClosed) return Promise.reject(ended('They were told to.'));
    const { promise, resolve, reject } = Promise.withResolvers<Crunched>();
    const waiting = { job, resolve, reject };
    // Whoever looks for cuts keeps the others busy.
    if (job.kind === 'cuts') this.#queue.unshift(waiting);
    else this.#queue.push(waiting);
    this.#sendSoon();
    return promise;
  }

  get atOnce(): number {
    return this.#threads.length;
  }

  putNamed(job: NamedJob, done: (crunched: Crunched) => void, failed: (error: unknown) => void): void {
    if (this.#failure !== undefined || this.#isClosed) {
      queueMicrotask(() => failed(this.#failure ?? ended('They were told to.')));
      return;
    }
    this.#queue.push({ job, resolve: done, reject: failed });
    this.#sendSoon();
  }

  moreClaims(table: SharedArrayBuffer): void {
    for (const thread of this.#threads) this.#tell(thread, { type: 'claims', table });
  }

  async flush(): Promise<void> {
    while (this.#queue.length + this.#underWay.size > 0 && this.#failure === undefined)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    const flushed = this.#threads.map((thread) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      thread.flushed.push(resolve);
      this.#tell(thread, { type: 'flush' });
      return promise;
    });
    if (this.#failure === undefined) await Promise.all(flushed);
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#stop(ended('The run was over.'));
  }

  #startThread(program: URL, settings: CrunchThreadData['settings'], identity: Identity | null): Thread {
    const slabs: Slabs = {
      bytes: Array.from({ length: slabsPerThread }, () => new SharedArrayBuffer(slabLength(settings.packTarget))),
      states: new Int32Array(new SharedArrayBuffer(slabsPerThread * 4)),
    };
    const openFiles = new Int32Array(new SharedArrayBuffer(jobsPerMessage * 4)).fill(-1);
    // Nothing of the surroundings is a thread's business, secrets that may be there least.
    const worker = new Worker(program, {
      workerData: { settings, slabs, openFiles, identity } satisfies CrunchThreadData,
      env: {},
      execArgv: [],
      resourceLimits,
      stderr: false,
      // Files are opened past Node, which would count, and warn of, each that is closed.
      trackUnmanagedFds: false,
    });
    worker.setMaxListeners(0);
    const thread: Thread = {
      ...{ worker, slabs, openFiles, messages: new Set(), flushed: [] },
      ended: new Promise((resolve) => worker.once('exit', () => resolve())),
    };
    worker.on('message', (message: FromThread) => this.#hear(thread, message));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`a thread ended with ${code}`)));
    return thread;
  }

  /** When this turn is over: what comes in it goes together. */
  #sendSoon(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    setImmediate(() => {
      this.#isSending = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#failure !== undefined) return;
    for (let ahead = 1; ahead <= messagesAhead; ahead += 1) {
      for (const thread of this.#threads) {
        if (this.#queue.length === 0) return;
        if (thread.messages.size < ahead) this.#sendTo(thread);
      }
    }
  }

  #sendTo(thread: Thread): void {
    const jobs: NumberedJob[] = [];
    // With little to do each thread gets its share.
    const share = Math.ceil(this.#queue.length / this.#threads.length);
    for (let bytes = 0; jobs.length < Math.min(jobsPerMessage, share) && bytes < bytesPerMessage; ) {
      const waiting = this.#queue.shift();
      if (waiting === undefined) break;
      const number = ++this.#lastNumber;
      this.#underWay.set(number, waiting);
      jobs.push({ number, job: waiting.job });
      bytes += bytesOf(waiting.job);
    }
    thread.messages.add(new Set(jobs.map(({ number }) => number)));
    this.#tell(thread, encodeJobs(jobs));
  }

  #hear(thread: Thread, message: FromThread): void {
    switch (message.type) {
      case 'answers':
        this.#answer(thread, decodeAnswers(message));
        break;
      case 'pack': {
        const { slab } = message;
        const pack = decodePack(message.pack);
        const bytes = Buffer.from(thread.slabs.bytes[slab] as SharedArrayBuffer, 0, pack.length);
        this.#onPack({ id: pack.id, blobs: pack.blobs, bytes, release: () => release(thread.slabs, slab) });
        break;
      }
      case 'flushed':
        thread.flushed.shift()?.();
        break;
    }
  }

  #answer(thread: Thread, answers: readonly JobAnswer[]): void {
    const [sent] = thread.messages;
    if (sent !== undefined) thread.messages.delete(sent);
    for (const answer of answers) {
      const waiting = this.#underWay.get(answer.number);
      this.#underWay.delete(answer.number);
      if ('crunched' in answer) waiting?.resolve(answer.crunched);
      else waiting?.reject(Object.assign(new Error(answer.message), { code: answer.code, syscall: 'read' }));
    }
    // What is asked for next comes when those who waited have had their turn: then it goes together.
    this.#sendSoon();
    if (this.#queue.length + this.#underWay.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** A thread ended by itself: what it had claimed is lost, so nothing of the run may be published. */
  #fail(cause: unknown): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    const error = ended(cause instanceof Error ? cause.message : String(cause), cause);
    const stopped = this.#stop(error);
    this.#onFailure(error);
    void stopped;
  }

  /** Nobody reads any more when those who wait are told: their descriptors are their own again. */
  async #stop(error: StillpointError): Promise<void> {
    this.#failure ??= error;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    for (const { openFiles } of this.#threads) closeLeftOpen(openFiles);
    this.#end(error);
  }

  #end(error: StillpointError): void {
    this.#failure ??= error;
    for (const waiting of [...this.#queue.splice(0), ...this.#underWay.values()]) waiting.reject(error);
    this.#underWay.clear();
    for (const resolve of this.#idle.splice(0)) resolve();
    for (const { flushed } of this.#threads) for (const resolve of flushed.splice(0)) resolve();
  }

  #tell(thread: Thread, message: ToThread): void {
    thread.worker.postMessage(message);
  }
}

function release({ states }: Slabs, slab: number): void {
  Atomics.store(states, slab, 0);
  Atomics.notify(states, slab);
}

function bytesOf(job: CrunchJob | NamedJob): number {
  if (job.kind === 'named') return job.size;
  if (job.kind === 'stream') return job.end - job.start;
  return job.kind === 'pieces' ? (job.cuts.at(-1) ?? job.start) - job.start : bytesPerMessage;
}

function ended(why: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'internal',
    message: `A thread that reads and packs files ended: ${why}`,
    guidance: 'No snapshot was made. Try again; when it happens again, look whether this computer is short of memory.',
    retryable: true,
    cause,
  });
}
