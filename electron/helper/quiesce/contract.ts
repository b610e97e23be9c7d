import type { Evidence, PathNote } from '../../../shared/domain/evidence.ts';
import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { MethodPromise } from '../../../shared/domain/preflight.ts';
import type { PhaseName } from '../../../shared/domain/run.ts';
import type { NodeType } from '../../../shared/domain/snapshot.ts';
import type { Instant } from '../../../shared/domain/time.ts';
import type { SourceFacts } from '../sources/contract.ts';

/** How long writers may be held, at most, in milliseconds. The guard enforces it whatever happens to us. */
export interface Lease {
  readonly longestStallMs: number;
}

/** Where a method tells what it does. While writers are held it tells nothing; it reports those phases afterwards. */
export interface PhaseReporter {
  phase<T>(name: PhaseName, work: () => Promise<T>): Promise<T>;
  /** A phase that is already over, in milliseconds of the wall clock since the epoch. */
  past(name: PhaseName, startedAtMs: number, durationMs: number): void;
  /** Something read: adds to the progress of the phase under way. `current` is text for people. */
  advance(files: number, bytes: number, current?: string): void;
  /** Totals of the phase under way, once known. They never shrink. */
  totals(files: number, bytes: number): void;
  held(frozenAt: Instant, thawedAt: Instant, stallMs: number): void;
  note(severity: 'info' | 'warning', text: string): void;
}

/** Content that was stored before the still point. What it is made of is known to whoever stored it. */
export interface TakenContent {
  /** Bytes. */
  readonly length: number;
}

export type Taken =
  | { readonly state: 'taken'; readonly content: TakenContent; readonly isReused: boolean; readonly meta: EntryMeta }
  | Extract<ContentVerdict, { readonly state: 'unreadable' | 'vanished' }>;

/** One regular file whose content is stored ahead. */
export interface FileToTake {
  /** Absolute, name by name, as in the snapshot. */
  readonly path: readonly Uint8Array[];
  readonly meta: EntryMeta;
  /** As in `StillEntry`. */
  readonly reusable: boolean;
  /** Its content equals that of this version, whatever its metadata says; see `StillEntry.sameAs`. */
  readonly sameAs?: string | undefined;
  /** A read that met changes is no failure here: whoever takes it ahead takes it again. `torn` counts as taken. */
  readonly content: StillContent;
}

/**
 * The repository, for methods that store content before the still point. What is taken and not used in the view stays
 * stored, without anyone referring to it.
 */
export interface AheadStore {
  /**
   * Several may be under way at once. Content equal to the snapshot before, by the rules of reuse, is not read. Tells the
   * progress of the phase under way itself: bytes as they are read, the file when it is done. Totals are the method's.
   */
  take(file: FileToTake, signal: AbortSignal): Promise<Taken>;
  /**
   * Resolves when everything taken so far is durable. From then until the next `take` nothing of the repository is written
   * and nothing of it waits for a disk: writers may be held.
   */
  settle(): Promise<void>;
}

export interface QuiesceContext {
  readonly signal: AbortSignal;
  readonly report: PhaseReporter;
  /** Absent where a view is all that can be handed over; a method that needs it then refuses. */
  readonly ahead?: AheadStore | undefined;
  /**
   * Resolves when the policy lets writers be held, perhaps after waiting for a quieter moment; rejects with `freeze-refused`
   * where it does not. Asked right before each hold, when all that can be done before it is done. Absent: they may be held.
   */
  readonly mayHold?: (() => Promise<void>) | undefined;
  /**
   * Tells programs of the machine that a still point comes; called before the last flush, so that what they write then is in
   * it. What it gives is disposed of as soon as the still point is over and nothing is held, on every path. Rejects with
   * `freeze-refused` when one of them could not get ready, and nobody is left waiting then.
   */
  readonly aroundHold?: (() => Promise<AsyncDisposable>) | undefined;
  /** Reading while programs go on at most this fast, bytes per second; absent: without a limit. Not while they are held. */
  readonly liveBytesPerSecond?: number | undefined;
  /**
   * Version of the source's content that the snapshot before this one holds (`StillContent.base` of its run). Only if it
   * is the one the method's own record of changes counts from may `same` be sent; a method that cannot tell sends all.
   *
   * Given only while that snapshot is whole in the repository (every tree and blob below it, looked up under the lock of
   * this run) and had no torn file: what was read of that version is then there. Known before anything is held; what is
   * `sameAs` this version needs no other way to be read. A file that was unreadable then is not there.
   */
  readonly parentBase?: string | undefined;
}

/** All metadata of one entry, in the kernel's own units. */
export interface EntryMeta {
  readonly type: NodeType;
  /** st_mode, type bits included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly atimeNs: bigint;
  readonly inode: bigint;
  readonly deviceId: bigint;
  readonly links: bigint;
  /** Device number of a device node, else 0. */
  readonly rdev: bigint;
  /** Bytes of a symlink's target, else null. */
  readonly linkTarget: Uint8Array | null;
  readonly xattrs: readonly { readonly name: Uint8Array; readonly value: Uint8Array }[];
}

/** Asked before so many bytes are read from a disk; undefined where they may be read at once. */
export type BeforeRead = (bytes: number) => Promise<void> | undefined;

/** An open regular file, to be read by whoever receives it: see `ContentSink.file`. */
export interface OpenFile {
  readonly fd: number;
  /** How much of it is to be read; it may be shorter by now. */
  readonly size: number;
  /** What of it is stored, in order; what lies between reads as zeros. */
  readonly extents: readonly { readonly offset: number; readonly length: number }[];
  readonly beforeRead?: BeforeRead | undefined;
  /** Asked now and then in the course of a large one: where it says no, the rest need not be read. */
  readonly isStill?: (() => boolean) | undefined;
}

/**
 * A file that whoever takes its content in may open and read by itself, on a thread of its own: `name` in an open directory,
 * not followed, for reading only. What was read is the file's content, and its entry's `meta` its metadata, where nobody has
 * it open for writing before the first byte is read (see `probeWriters`), and where it is then as it is described here;
 * otherwise nothing is known, and `readInto` is to be called.
 */
export interface NamedFile {
  /** Open until the file was read, or `readInto` or `passOver` was called. */
  readonly directory: number;
  readonly name: Uint8Array;
  readonly size: number;
  readonly inode: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** Receives one file's content in order. The buffers belong to the caller again when the call returns. */
export interface ContentSink {
  data(bytes: Uint8Array): Promise<void>;
  /**
   * All of a file, in place of any `data`, `hole` or `same`: it is read from the descriptor, by other threads perhaps, which
   * is over when this settles. Resolves with how many bytes there were: fewer than its size where it ended before. Rejects
   * with the error of reading. Whether it changed meanwhile is the method's to find, as when it reads itself. Absent where
   * content can only be pushed.
   */
  readonly file?: ((file: OpenFile) => Promise<number>) | undefined;
  /** `length` zero bytes that the source does not store. */
  hole(length: number): Promise<void>;
  /** `length` bytes known to equal the same range of the base version (see `StillContent.base`). */
  same(length: number): Promise<void>;
  /** Forget everything received: the content is sent again from its first byte. */
  restart(): void;
}

export type ContentVerdict =
  /** One version of the file, from first byte to last. */
  | { readonly state: 'whole'; readonly meta: EntryMeta }
  /** It kept changing: what was sunk may mix two moments. */
  | { readonly state: 'torn'; readonly meta: EntryMeta; readonly reason: string }
  /** Nothing usable: no rights, an I/O error. */
  | { readonly state: 'unreadable'; readonly reason: string }
  /** It is gone; as if it had never been listed. */
  | { readonly state: 'vanished' };

export interface StillContent {
  /** Names the version that `same` refers to (a checkpoint of dirty blocks), or null when none can be used. */
  readonly base: string | null;
  /** It was stored ahead: taken as it is; `readInto` is then not called, and rejects. */
  readonly taken?: TakenContent | undefined;
  /** Absent: there is no other way than `readInto`. */
  readonly named?: NamedFile | undefined;
  /** To be called, where it is there, once `named` was read as described; and instead of reading, where nothing is read. */
  readonly passOver?: ((how: 'read' | 'not-read') => void) | undefined;
  /** Sends the content, again if it changes meanwhile, and says what came of it. The method decides how often. */
  readInto(sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict>;
}

/** One entry of a still view. A filesystem yields its tree; a database its files; a machine its disks as files. */
export interface StillEntry {
  readonly name: Uint8Array;
  readonly meta: EntryMeta;
  /** Directories only. Order does not matter; the tree builder sorts. */
  readonly children: (() => AsyncIterable<StillEntry> | Iterable<StillEntry>) | null;
  /** Regular files only. */
  readonly content: StillContent | null;
  /** True when the method vouches that metadata equality with an earlier snapshot means equal content. */
  readonly reusable: boolean;
  /**
   * The method vouches that this is as in `version` (see `QuiesceContext.parentBase`), whatever the metadata says: of a
   * file its content; of a directory everything below it, names and metadata included. Where the snapshot before is of
   * that version, its blobs and trees are referred to and `content` and `children` are not asked.
   */
  readonly sameAs?: SameAs | undefined;
  /**
   * Directories of which that is not true, but nearly: to be asked in place of `children` where the snapshot before is of
   * the version it names. Undefined where it cannot be told.
   */
  readonly mostlyAs?: (() => MostlyAs | undefined) | undefined;
}

/**
 * The method vouches that the names in a directory are those of a version, and that what they lead to is as it was there,
 * metadata and everything below included, but for some.
 */
export interface MostlyAs {
  readonly version: string;
  /** How many names there are. */
  readonly names: number;
  /** What may be different, each with what is below it. */
  readonly changed: readonly StillEntry[];
  /** Everything else in the directory and below. */
  readonly rest: SameAs['below'];
}

export interface SameAs {
  readonly version: string;
  /** Directories: what is below, not counting itself. */
  readonly below: {
    readonly files: number;
    readonly directories: number;
    readonly others: number;
    readonly bytes: number;
  };
}

/** What a source is at its still point. Valid inside `withStillView` only. */
export interface StillView {
  /** Absolute path components, as bytes, of where `root` hangs in the snapshot. Parents carry their own metadata. */
  readonly ancestors: readonly { readonly name: Uint8Array; readonly meta: EntryMeta }[];
  readonly root: StillEntry;
  /** Entries that could not be listed; complete only after everything was walked. */
  readonly unreadable: () => readonly PathNote[];
}

/** Everything of the evidence that only the method knows. */
export type StillEvidence = Pick<
  Evidence,
  'hold' | 'observation' | 'agreement' | 'atomic' | 'flushedAt' | 'stillPoint' | 'leftOut' | 'leftOutTotal' | 'detail'
> &
  Partial<Pick<Evidence, 'tracking' | 'probe' | 'members'>> & {
    readonly machine: Pick<Evidence['machine'], 'filesystem' | 'mountPoint' | 'device'>;
    readonly rereadTotal: number;
  };

export interface StillOutcome<T> {
  readonly value: T;
  readonly evidence: StillEvidence;
}

/**
 * One way to bring a source to a still point.
 *
 * `preflight` looks only. `withStillView` brings the source to a still point, calls `use` exactly once with a view of it,
 * and lets go on every path: it resolves or rejects only after nothing is held any more. When writers were held shorter
 * than needed (a lease ran out, somebody else thawed) it rejects with `freeze-ended-early` and `use` is not called, or
 * what it returned is dropped: a held level is never claimed for it. Evidence is complete only after `use` returned.
 */
export interface QuiesceMethod<Facts extends SourceFacts = SourceFacts> {
  readonly name: QuiesceMethodName;
  preflight(facts: Facts, lease: Lease): Promise<MethodPromise>;
  withStillView<T>(
    facts: Facts,
    lease: Lease,
    context: QuiesceContext,
    use: (view: StillView) => Promise<T>,
  ): Promise<StillOutcome<T>>;
}
