import type {
  Backend,
  ByteRange,
  CallOptions,
  FileRef,
  ListedFile,
  ListedKind,
  ListOptions,
  PlaceContent,
} from '../contract.ts';

export type Operation =
  | 'probe'
  | 'prepare'
  | 'list'
  | 'stat'
  | 'writtenMs'
  | 'load'
  | 'save'
  | 'remove'
  | 'sweep'
  | 'digest';

/** One call as a decorator sees it. */
export interface Call {
  readonly operation: Operation;
  /** Of `stat`, `writtenMs`, `load`, `digest`, `save` and `remove`. */
  readonly file?: FileRef | undefined;
  /** Of `list`. */
  readonly listed?: ListedKind | undefined;
  /** Of `save`. */
  readonly bytes?: Uint8Array | undefined;
  /** Of `load`. */
  readonly range?: ByteRange | undefined;
  readonly options: CallOptions;
}

/** Whether it is about who uses the place: small, and never to wait behind what is stored there. */
export function isOfLocks({ file, listed }: Call): boolean {
  return file?.kind === 'lock' || listed === 'lock';
}

/** Runs a call as often as it likes, each time with options of its own. */
export type Around = <Result>(call: Call, run: (options: CallOptions) => Promise<Result>) => Promise<Result>;

/**
 * A backend whose every call goes through `wrap`. What is read through a descriptor does not: `mayOpen` says, each time,
 * whether files may be opened where they lie.
 */
export function around(inner: Backend, wrap: Around, mayOpen: () => boolean = () => true): Backend {
  return new WrappedBackend(inner, wrap, mayOpen);
}

class WrappedBackend implements Backend {
  readonly location: string;
  readonly digest?: NonNullable<Backend['digest']>;
  readonly keepReserve?: NonNullable<Backend['keepReserve']>;
  readonly releaseReserve?: NonNullable<Backend['releaseReserve']>;
  readonly #inner: Backend;
  readonly #wrap: Around;
  readonly #mayOpen: () => boolean;

  constructor(inner: Backend, wrap: Around, mayOpen: () => boolean) {
    this.location = inner.location;
    this.#inner = inner;
    this.#wrap = wrap;
    this.#mayOpen = mayOpen;
    // Absent where the place has none.
    if (inner.keepReserve) this.keepReserve = async () => inner.keepReserve?.();
    if (inner.releaseReserve) this.releaseReserve = async () => (await inner.releaseReserve?.()) ?? false;
    if (inner.digest)
      this.digest = (file, options = {}) =>
        wrap({ operation: 'digest', file, options }, async (own) => inner.digest?.(file, own));
  }

  seesAtOnce(): boolean {
    return this.#inner.seesAtOnce?.() ?? false;
  }

  get open(): Backend['open'] {
    const { open } = this.#inner;
    return open !== undefined && this.#mayOpen() ? (file) => open.call(this.#inner, file) : undefined;
  }

  closeFile(descriptor: number): void {
    this.#inner.closeFile?.(descriptor);
  }

  probe(options: CallOptions = {}): Promise<PlaceContent> {
    return this.#wrap({ operation: 'probe', options }, (own) => this.#inner.probe(own));
  }

  prepare(options: CallOptions = {}): Promise<void> {
    return this.#wrap({ operation: 'prepare', options }, (own) => this.#inner.prepare(own));
  }

  list(kind: ListedKind, options: ListOptions = {}): Promise<readonly ListedFile[]> {
    const { besides } = options;
    return this.#wrap({ operation: 'list', listed: kind, options }, (own) =>
      this.#inner.list(kind, { ...own, besides }),
    );
  }

  stat(file: FileRef, options: CallOptions = {}): Promise<number | undefined> {
    return this.#wrap({ operation: 'stat', file, options }, (own) => this.#inner.stat(file, own));
  }

  writtenMs(file: FileRef, options: CallOptions = {}): Promise<number | null | undefined> {
    return this.#wrap({ operation: 'writtenMs', file, options }, (own) => this.#inner.writtenMs(file, own));
  }

  load(file: FileRef, range?: ByteRange, options: CallOptions = {}): Promise<Buffer | undefined> {
    return this.#wrap({ operation: 'load', file, range, options }, (own) => this.#inner.load(file, range, own));
  }

  save(file: FileRef, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    return this.#wrap({ operation: 'save', file, bytes, options }, (own) => this.#inner.save(file, bytes, own));
  }

  remove(file: FileRef, options: CallOptions = {}): Promise<boolean> {
    return this.#wrap({ operation: 'remove', file, options }, (own) => this.#inner.remove(file, own));
  }

  sweep(ageMs: number, options: CallOptions = {}): Promise<number> {
    return this.#wrap({ operation: 'sweep', options }, (own) => this.#inner.sweep(ageMs, own));
  }

  async close(): Promise<void> {
    await this.#inner.close?.();
  }
}
