import { deserializeError, StillpointError } from '../../../shared/errors/index.ts';
import {
  type CatalogMethodName,
  type CatalogParams,
  type CatalogResult,
  catalogMessageSchema,
} from '../../catalog/contract.ts';
import type { CatalogProcess, StartCatalog } from './catalog-process.ts';

export interface CatalogConnectionOptions {
  readonly start: StartCatalog;
  /** It can be used. `fresh`: it holds nothing and has to be filled; what was asked before may be lost in any case. */
  readonly onOpened: (fresh: boolean) => void;
  /** Milliseconds until the next start after crashes at these times; undefined: too many. */
  readonly restartDelay: (crashes: readonly number[]) => number | undefined;
  readonly log: (line: string) => void;
  readonly now: () => number;
}

interface Pending {
  readonly name: CatalogMethodName;
  readonly params: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: StillpointError) => void;
}

/** After it has crashed too often, a call tries anew this much later. Milliseconds. */
const retryAfterMs = 60_000;

/**
 * Keeps the catalog process running. What was asked and not answered when it ends is rejected: everything in the catalog
 * is put there again when it opens.
 */
export class CatalogConnection {
  readonly #options: CatalogConnectionOptions;
  readonly #pending = new Map<number, Pending>();
  #process: CatalogProcess | undefined;
  #isOpen = false;
  #lastSeq = 0;
  #crashes: number[] = [];
  #gaveUpAt: number | undefined;
  #stopped = false;

  constructor(options: CatalogConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#gaveUpAt = undefined;
    this.#process = this.#options.start({
      onMessage: (message) => this.#onMessage(message),
      onExit: (code) => this.#onExit(code),
      onLog: (line) => this.#options.log(`catalog: ${line}`),
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#process?.end();
    this.#rejectAll(notThere());
  }

  /** What is asked before the catalog is open waits for it. */
  call<N extends CatalogMethodName>(name: N, params: CatalogParams<N>): Promise<CatalogResult<N>> {
    if (this.#stopped) return Promise.reject(notThere());
    if (this.#gaveUpAt !== undefined) {
      if (this.#options.now() - this.#gaveUpAt < retryAfterMs) return Promise.reject(notThere());
      this.start();
    }
    return new Promise((resolve, reject) => {
      this.#lastSeq += 1;
      const seq = this.#lastSeq;
      this.#pending.set(seq, { name, params, resolve: resolve as (value: unknown) => void, reject });
      if (this.#isOpen) this.#process?.send({ seq, name, params });
    });
  }

  #onMessage(data: unknown): void {
    const parsed = catalogMessageSchema.safeParse(data);
    if (!parsed.success) {
      this.#options.log(`catalog: a message of an unknown form: ${parsed.error.message}`);
      return;
    }
    const message = parsed.data;
    if (message.type === 'opened') {
      if (message.problem) this.#options.log(`catalog: begun anew: ${message.problem}`);
      this.#isOpen = true;
      for (const [seq, { name, params }] of this.#pending) this.#process?.send({ seq, name, params });
      this.#options.onOpened(message.fresh);
      return;
    }
    const pending = this.#pending.get(message.seq);
    this.#pending.delete(message.seq);
    if (message.ok) pending?.resolve(message.value);
    else pending?.reject(deserializeError(message.error));
  }

  #onExit(code: number): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.#process = undefined;
    if (this.#stopped) return;
    this.#options.log(`catalog: crashed with code ${code}`);
    // What waited for the opening goes on waiting for the next one.
    if (wasOpen) this.#rejectAll(notThere());
    this.#crashes.push(this.#options.now());
    const delay = this.#options.restartDelay(this.#crashes);
    if (delay === undefined) {
      this.#gaveUpAt = this.#options.now();
      this.#rejectAll(notThere());
      return;
    }
    setTimeout(() => {
      if (!this.#stopped && !this.#process) this.start();
    }, delay);
  }

  #rejectAll(error: StillpointError): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}

function notThere(): StillpointError {
  return new StillpointError({
    kind: 'catalog-damaged',
    message: 'The local index is not available now.',
    guidance: 'Snapshots and repositories are not affected. It is started again by itself; try again in a moment.',
    retryable: true,
  });
}
