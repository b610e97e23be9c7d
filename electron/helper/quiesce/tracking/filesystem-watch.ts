import { forEachInodeEvent, longestInodeEventBytes, UnknownEventLayout } from '../../system/fanotify/index.ts';
import type { ChangeListener, HandleKey } from './contract.ts';
import { dispatch } from './dispatch.ts';

/** Where events come from. A test brings its own. */
export interface EventSource extends Disposable {
  /** Bytes of whole events now in `into`; 0 when none waits. Waits for nobody. */
  read(into: Buffer): number;
  /** Why changes may have been missed since the last call, for people; null when they were not. Not inside a hold. */
  lookAround(): string | null;
  /** False once no event can come any more: the filesystem was unmounted. As of the last `lookAround`. */
  readonly isAlive: boolean;
}

const bufferBytes = 128 * 1024;

/** One filesystem's events, told to everybody who listens. */
export class FilesystemWatch implements Disposable {
  readonly #source: EventSource;
  readonly #buffer = Buffer.alloc(bufferBytes);
  /** Replaced, never changed: one may come or go while an event is told. */
  #listeners: readonly ChangeListener[] = [];

  constructor(source: EventSource) {
    this.#source = source;
  }

  get isAlive(): boolean {
    return this.#source.isAlive;
  }

  subscribe(listener: ChangeListener): Disposable {
    // An object of its own, so that one listener may subscribe twice.
    const entry: ChangeListener = {
      content: (key) => listener.content(key),
      metadata: (key) => listener.metadata(key),
      names: (key) => listener.names(key),
      doubt: (reason) => listener.doubt(reason),
    };
    this.#listeners = [...this.#listeners, entry];
    return {
      [Symbol.dispose]: () => {
        this.#listeners = this.#listeners.filter((each) => each !== entry);
      },
    };
  }

  lookAround(): void {
    const reason = this.#source.lookAround();
    if (reason !== null) this.#doubt(reason);
  }

  /** As `ChangeTracker.drain`. Whatever cannot be understood or told on is a doubt for everybody. */
  drain(): number {
    let count = 0;
    try {
      for (;;) {
        const length = this.#source.read(this.#buffer);
        if (length === 0) return count;
        count += forEachInodeEvent(this.#buffer, length, this.#tell);
        // The queue was empty at that moment; who keeps writing does not keep us here.
        if (length <= bufferBytes - longestInodeEventBytes) return count;
      }
    } catch (error) {
      this.#doubt(`What the kernel tells of changes could not be read: ${(error as Error).message}`);
      if (!(error instanceof UnknownEventLayout)) throw error;
      return count;
    }
  }

  [Symbol.dispose](): void {
    this.#listeners = [];
    this.#source[Symbol.dispose]();
  }

  readonly #tell = (mask: number, handle: string | null): void => {
    for (const listener of this.#listeners) dispatch(mask, handle as HandleKey | null, listener);
  };

  #doubt(reason: string): void {
    for (const listener of this.#listeners) listener.doubt(reason);
  }
}
