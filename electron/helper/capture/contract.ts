import type { PathNote } from '../../../shared/domain/evidence.ts';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { BeforeRead, NamedFile, PhaseReporter, StillView } from '../quiesce/contract.ts';
import type { TreeNode, TreeText } from '../repository/index.ts';

export interface SavedBlob {
  readonly id: BlobId;
  readonly isNew: boolean;
  /** Bytes it takes in the repository; 0 when it was there already. */
  readonly storedLength: number;
}

export interface TakeOptions {
  readonly beforeRead?: BeforeRead | undefined;
  /** Asked now and then: where it says no, the rest is not read, and the length says so. */
  readonly isStill?: (() => boolean) | undefined;
  /** Told of bytes that were read and stored, in any order. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/** What was taken of an open file: as many bytes as were there. */
export interface TakenFile {
  readonly blobs: readonly BlobId[];
  readonly length: number;
  readonly storedLength: number;
}

/** What was taken of a named file. */
export interface TakenNamedFile extends TakenFile {
  /** False: it was not as it was described, and what was stored of it is nothing to refer to. */
  readonly isAsNamed: boolean;
}

/** What capture needs of a repository while it writes; the repository's writer satisfies it. */
export interface BlobStore {
  /** `bytes` are the caller's again as soon as this returns, before it resolves. */
  saveData(bytes: Uint8Array): Promise<SavedBlob>;
  /**
   * Saves what an open file has from `start` to `end`, cut as a stream of its own, read elsewhere meanwhile: the descriptor
   * must stay open until it settles. Rejects with the file's own error. Absent where bytes can only be pushed.
   */
  readonly takeFile?:
    | ((fd: number, start: number, end: number, options?: TakeOptions) => Promise<TakenFile>)
    | undefined;
  /**
   * Opens, reads and saves a file elsewhere. One of both is called, later: `done`, whatever was found of the file, or `failed`
   * where nothing can be taken any more. Absent as `takeFile` is.
   */
  readonly takeNamed?:
    | ((file: NamedFile, done: (taken: TakenNamedFile) => void, failed: (error: unknown) => void) => void)
    | undefined;
  /** In any order. Refused when a node refers to what the repository does not hold: no snapshot can then refer to it. */
  saveTree(nodes: readonly TreeNode[]): Promise<SavedBlob>;
  /** Length of the plaintext of a blob that is stored and indexed (or was saved in this run); null when there is none. */
  dataLength(id: BlobId): number | null;
  /** Verified plaintext. Needed where a reused range begins or ends inside a blob. */
  loadData(id: BlobId): Promise<Uint8Array>;
  loadTree(id: BlobId): Promise<readonly TreeNode[]>;
  /** A stored tree, to be saved again with a few nodes changed; undefined where it is not written as ours are. */
  openTree(id: BlobId): Promise<TreeText | undefined>;
  /** The same with other nodes in place of those of their names, or none. Refused as `saveTree` is. */
  saveChangedTree(before: TreeText, changes: ReadonlyMap<Uint8Array, TreeNode | null>): Promise<SavedBlob>;
  /** Whether the tree and every blob below it are in the index: only then may it be referred to unread. */
  hasSubtree(id: BlobId): Promise<boolean>;
  /**
   * Resolves when everything saved so far is durable. Until something is saved again nothing of the repository is written
   * or waits for a disk, as long as the event loop does not turn.
   */
  settle(): Promise<void>;
  /** Content-defined boundaries of this repository; one instance per file. */
  newChunker(): Chunker;
}

/** Cuts a stream, pushed in buffers of any size, into chunks. A chunk is valid until the next call only. */
export interface Chunker {
  /** Every chunk that ends within `bytes`; to be consumed before the next call. */
  push(bytes: Uint8Array): Iterable<Uint8Array>;
  /** The last chunk of the stream, if anything is left; the chunker is then ready for another stream. */
  finish(): Uint8Array | undefined;
}

export interface CaptureOptions {
  readonly signal: AbortSignal;
  readonly report: PhaseReporter;
  /** Root tree of the snapshot whose blobs may be reused where metadata is equal; null for none. */
  readonly parentTree: BlobId | null;
  /**
   * Content of a file is reused only when its ctime lies before this: the instant of the flush that preceded the
   * parent's reading. A later store into a page that was dirty then would not have moved the ctime. Null: reuse nothing.
   */
  readonly parentFlushedAtNs: bigint | null;
  /**
   * Version of the source that the parent tree holds (see `StillContent.base`, `StillEntry.sameAs`); absent: `same` is
   * refused and `sameAs` not believed. To be given only where all of the parent is stored, and nothing of it torn.
   */
  readonly parentBase?: string | undefined;
}

/** What of the snapshot before this one may be reused unread. */
export type ParentOptions = Pick<CaptureOptions, 'parentTree' | 'parentFlushedAtNs' | 'parentBase'>;

export interface CaptureTotals {
  readonly files: number;
  readonly directories: number;
  readonly others: number;
  readonly bytes: number;
  /** What this walk added; what was stored ahead is not in it. */
  readonly newBytes: number;
  readonly reusedFiles: number;
  readonly torn: readonly PathNote[];
  readonly tornTotal: number;
  /** Files that were listed and could not be read. What could not be listed, the view itself tells. */
  readonly unreadable: readonly PathNote[];
  readonly unreadableTotal: number;
}

export interface Captured {
  readonly rootTree: BlobId;
  readonly totals: CaptureTotals;
}

/** Files put into a finished tree, by absolute path: the evidence, which is complete only after the view was let go. */
export type AddFiles = (
  store: BlobStore,
  rootTree: BlobId,
  files: readonly { readonly path: string; readonly content: Uint8Array }[],
) => Promise<BlobId>;

/** Stores a still view. Resolves with the root of a tree whose every blob was saved or found in the loaded index. */
export type Capture = (view: StillView, store: BlobStore, options: CaptureOptions) => Promise<Captured>;
