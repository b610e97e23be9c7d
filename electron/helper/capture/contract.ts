import type { PathNote } from '../../../shared/domain/evidence.ts';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { PhaseReporter, StillView } from '../quiesce/contract.ts';

export interface SavedBlob {
  readonly id: BlobId;
  readonly isNew: boolean;
  /** Bytes it takes in the repository; 0 when it was there already. */
  readonly storedLength: number;
}

/** What capture needs of a repository while it writes; the repository's writer satisfies it. */
export interface BlobStore {
  saveData(bytes: Uint8Array): Promise<SavedBlob>;
  /** `json` is a tree in restic's format, ending in a newline. */
  saveTree(json: Uint8Array): Promise<SavedBlob>;
  hasData(id: BlobId): boolean;
  loadTree(id: BlobId): Promise<Uint8Array>;
  /** Content-defined boundaries of this repository; one instance per file. */
  newChunker(): Chunker;
}

/** Cuts a stream into chunks. `push` returns the lengths of chunks completed by these bytes, counted from the last cut. */
export interface Chunker {
  push(bytes: Uint8Array): readonly number[];
  reset(): void;
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
}

export interface CaptureTotals {
  readonly files: number;
  readonly directories: number;
  readonly others: number;
  readonly bytes: number;
  readonly newBytes: number;
  readonly reusedFiles: number;
  readonly torn: readonly PathNote[];
  readonly tornTotal: number;
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
