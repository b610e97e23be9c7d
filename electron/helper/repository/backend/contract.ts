/**
 * Where a repository's files are kept. A backend moves bytes; it knows nothing of encryption or of what a file says.
 *
 * Every implementation must keep these promises, and testing/backend-conformance.ts is what they mean:
 * - `save` is atomic and durable: when it resolves, the file is whole and survives a power cut; until then no `list`,
 *   `stat` or `load` sees any of it, and after a failure or a crash nothing is seen either. A lock may be gone after a power
 *   cut, or back after it was removed: who held it is gone as well.
 * - A file that was saved is never changed, only removed. Saving a name again is an error for the configuration, and
 *   harmless for the others, whose name is the hash of their bytes.
 * - What was saved is seen by every later operation, of this and of other processes.
 * - Errors are StillpointError: `repository-absent` the place itself is gone, `repository-full`, `repository-read-only`,
 *   `not-permitted`, else `io`. A missing file is an answer, not an error. Where the same call may succeed a moment later
 *   (a line that was cut, a server that is busy) `context.transient` is true: see decorators/retry.ts. No error text, no
 *   location and no context holds a credential.
 * - Every method may be called while others are under way.
 * - A call whose signal is aborted rejects soon with the reason of the abort; whether it had its effect is then not known.
 */
export interface Backend {
  /** For people: a path, a URL without secrets. */
  readonly location: string;

  /**
   * True where everybody who uses the place does so through the kernel of this machine: a file is then seen by every look
   * that begins after its `save` resolved. Two who each write a lock first and look for others afterwards cannot both miss
   * the other, however soon they look: the later of the two writes was complete before its writer looked, and so was the
   * earlier one. False, or absent, where a look may be answered from a cache (a network, an object store). Asked each time:
   * what is mounted there may change.
   */
  seesAtOnce?(): boolean;

  /** What the place holds, found without a password. Throws only when that cannot be known. */
  probe(options?: CallOptions): Promise<PlaceContent>;

  /** Makes the place ready for `save`: folders, say. May be called again. */
  prepare(options?: CallOptions): Promise<void>;

  /** Every file of the kind, in no order, but for those that `besides` names. Names that are not ids are left out. */
  list(kind: ListedKind, options?: ListOptions): Promise<readonly ListedFile[]>;

  /** Length in bytes, undefined when there is no such file. */
  stat(file: FileRef, options?: CallOptions): Promise<number | undefined>;

  /**
   * When the file was written, milliseconds since 1970 by the place's own clock; undefined when there is no such file, null
   * where the place does not tell. That clock may be another machine's: good for the time between two files, never to be
   * compared with ours.
   */
  writtenMs(file: FileRef, options?: CallOptions): Promise<number | null | undefined>;

  /**
   * The file, or exactly `range` of it; undefined when there is no such file. A range beyond the end is
   * `repository-damaged`. The bytes belong to the caller.
   */
  load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined>;

  /**
   * SHA-256 of the file as 64 hex digits, read from the place without holding all of it in memory; undefined when there is no
   * such file. Absent where `load` does as well.
   */
  digest?(file: FileRef, options?: CallOptions): Promise<string | undefined>;

  /**
   * Opens the file to be read where it lies: a descriptor, which is the caller's to close, and the length in bytes; undefined
   * when there is no such file. Absent where the place is not on this machine. Errors of reading it are the system's.
   */
  readonly open?: ((file: FileRef) => Promise<OpenedFile | undefined>) | undefined;

  /** Lets go of what `open` gave. */
  closeFile?(descriptor: number): void;

  /** The bytes must not change until it settles; what a decorator sends again are they. */
  save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void>;

  /** Whether there was such a file. `not-permitted` where the place lets nothing be removed. */
  remove(file: FileRef, options?: CallOptions): Promise<boolean>;

  /** Removes what interrupted saves left behind and nobody can be writing: older than `ageMs`. How many there were. */
  sweep(ageMs: number, options?: CallOptions): Promise<number>;

  /**
   * Keeps some room back, a few MiB, that only `releaseReserve` gives: on a disk that is full, deleting begins with writing.
   * Nothing happens where that is not possible or the room is short already. Absent where the place has no end that we
   * would notice. No error.
   */
  keepReserve?(): Promise<void>;

  /** Whether there was a reserve, which is free now. */
  releaseReserve?(): Promise<boolean>;

  /** Ends connections and programs that the backend holds open. No call may be under way, none may follow. */
  close?(): Promise<void>;
}

/** A file of this machine, open for reading. */
export interface OpenedFile {
  readonly descriptor: number;
  /** In bytes. */
  readonly size: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked before every piece of content that moves; the piece waits for the answer. Progress, and where it can be slowed.
   * A backend that moves a file in one call need not ask.
   */
  readonly pace?: Pace | undefined;
}

export interface ListOptions extends CallOptions {
  /**
   * Files the caller knows. They may be left out, where that is cheaper than telling their length, and may be listed all the
   * same.
   */
  readonly besides?: ((name: string) => boolean) | undefined;
}

/** `bytes` may be 0: something else than content moved. */
export type Pace = (bytes: number) => Promise<void>;

export type ListedKind = 'key' | 'lock' | 'snapshot' | 'index' | 'pack';
export type FileKind = ListedKind | 'config';

/** `name` is 64 hex digits; the configuration has none. */
export type FileRef = { readonly kind: ListedKind; readonly name: string } | { readonly kind: 'config' };

export interface ListedFile {
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
}

/** In bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * `absent` nothing is there, and it can be made; `empty` an empty folder; `repository` a configuration is there;
 * `occupied` something else, which is not ours to touch.
 */
export type PlaceContent = 'absent' | 'empty' | 'repository' | 'occupied';

export const listedKinds: readonly ListedKind[] = ['key', 'lock', 'snapshot', 'index', 'pack'];

export function describeFile(file: FileRef): string {
  return file.kind === 'config' ? 'the configuration' : `${file.kind} ${file.name.slice(0, 8)}`;
}
