import { Worker } from 'node:worker_threads';
import { deserializeError, StillpointError, throwIfAborted } from '../../../shared/errors/index.ts';
import type {
  Backend,
  ByteRange,
  CallOptions,
  FileRef,
  ListedFile,
  ListedKind,
  PlaceContent,
} from '../repository/index.ts';
import type { FromPlaceThread, PlaceThreadData, ToPlaceThread } from './place-messages.ts';

/** What a thread makes is small and short-lived: without this each would let tens of megabytes of it lie. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

/** One writes while the other reads back or waits for a disk. */
const mostThreads = 2;
/** A thread with nothing to do is let go after this long: between two backups its memory is better used otherwise. */
const idleMs = 10_000;

export interface ThreadedPlaceOptions extends PlaceThreadData {
  /** Default: the thread of this folder. */
  readonly program?: URL;
}

interface Waiting {
  readonly resolve: (digest: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/**
 * A place on a disk of which packs are written and read back on threads, so that computing goes on while the disk works. All
 * else is asked of `inner` directly. When a thread ends by itself, what it was asked for fails; what was durable stays so.
 */
export class ThreadedPlace implements Backend {
  readonly #inner: Backend;
  readonly #options: ThreadedPlaceOptions;
  readonly #threads = new Set<Thread>();
  #lastNumber = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(inner: Backend, options: ThreadedPlaceOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  get location(): string {
    return this.#inner.location;
  }

  async save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    if (file.kind !== 'pack') return this.#inner.save(file, bytes, options);
    throwIfAborted(options?.signal);
    await this.#ask({ file, bytes });
  }

  async digest(file: FileRef, options?: CallOptions): Promise<string | undefined> {
    throwIfAborted(options?.signal);
    return this.#ask({ file });
  }

  seesAtOnce(): boolean {
    return this.#inner.seesAtOnce?.() ?? false;
  }

  probe(options?: CallOptions): Promise<PlaceContent> {
    return this.#inner.probe(options);
  }

  prepare(options?: CallOptions): Promise<void> {
    return this.#inner.prepare(options);
  }

  list(kind: ListedKind, options?: CallOptions): Promise<readonly ListedFile[]> {
    return this.#inner.list(kind, options);
  }

  stat(file: FileRef, options?: CallOptions): Promise<number | undefined> {
    return this.#inner.stat(file, options);
  }

  writtenMs(file: FileRef, options?: CallOptions): Promise<number | null | undefined> {
    return this.#inner.writtenMs(file, options);
  }

  load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined> {
    return this.#inner.load(file, range, options);
  }

  async open(file: FileRef): ReturnType<NonNullable<Backend['open']>> {
    return this.#inner.open?.(file);
  }

  closeFile(descriptor: number): void {
    this.#inner.closeFile?.(descriptor);
  }

  remove(file: FileRef, options?: CallOptions): Promise<boolean> {
    return this.#inner.remove(file, options);
  }

  sweep(ageMs: number, options?: CallOptions): Promise<number> {
    return this.#inner.sweep(ageMs, options);
  }

  async keepReserve(): Promise<void> {
    await this.#inner.keepReserve?.();
  }

  async releaseReserve(): Promise<boolean> {
    return (await this.#inner.releaseReserve?.()) ?? false;
  }

  #ask(what: Omit<ToPlaceThread, 'number'>): Promise<string | undefined> {
    clearTimeout(this.#idle);
    const thread = this.#freest();
    const number = ++this.#lastNumber;
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    thread.waiting.set(number, { resolve, reject });
    thread.worker.ref();
    thread.worker.postMessage({ number, ...what } satisfies ToPlaceThread);
    return promise;
  }

  #freest(): Thread {
    const [freest] = [...this.#threads].sort((one, other) => one.waiting.size - other.waiting.size);
    const isEnough = freest !== undefined && (freest.waiting.size === 0 || this.#threads.size >= mostThreads);
    return isEnough ? freest : this.#start();
  }

  #start(): Thread {
    const { root, identity } = this.#options;
    const program = this.#options.program ?? new URL('./place-worker.ts', import.meta.url);
    const worker = new Worker(program, { workerData: { root, identity }, env: {}, execArgv: [], resourceLimits });
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', (answer: FromPlaceThread) => this.#hear(thread, answer));
    worker.on('error', (error) => this.#lose(thread, error));
    worker.on('exit', (code) => this.#lose(thread, new Error(`it ended with ${code}`)));
    this.#threads.add(thread);
    return thread;
  }

  #hear(thread: Thread, answer: FromPlaceThread): void {
    const waiting = thread.waiting.get(answer.number);
    thread.waiting.delete(answer.number);
    if ('error' in answer) waiting?.reject(deserializeError(answer.error));
    else waiting?.resolve(answer.digest);
    if (thread.waiting.size > 0) return;
    // It keeps no process from ending.
    thread.worker.unref();
    this.#idle = setTimeout(() => this.#letGo(), idleMs).unref();
  }

  #letGo(): void {
    for (const thread of this.#threads) {
      if (thread.waiting.size > 0) continue;
      this.#threads.delete(thread);
      void thread.worker.terminate();
    }
  }

  #lose(thread: Thread, cause: unknown): void {
    this.#threads.delete(thread);
    const error = new StillpointError({
      kind: 'internal',
      message: `A thread that writes to ${this.location} ended: ${cause instanceof Error ? cause.message : cause}`,
      guidance: 'What was stored before is safe. Try again; when it happens again, look whether memory is short.',
      retryable: true,
      cause,
    });
    for (const { reject } of thread.waiting.values()) reject(error);
    thread.waiting.clear();
  }
}
