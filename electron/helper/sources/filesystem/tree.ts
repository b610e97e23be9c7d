import type { PathNote } from '../../../../shared/domain/evidence.ts';
import type { FileOps } from '../../system/file-ops.ts';
import type { Statx } from '../../system/statx.ts';
import type { Turns } from './turns.ts';

/** One entry of a source, as one look showed it. Names and paths are bytes, never text. */
export interface TreeEntry {
  readonly name: Buffer;
  /** Relative to the root, names joined by `/`; empty for the root itself. */
  readonly path: Buffer;
  readonly stat: Statx;
  /** An empty folder that stands where another filesystem is mounted. Its metadata is made up, nothing was touched. */
  readonly isStandIn: boolean;
}

/**
 * Called for each entry of a directory while the directory is open, with the caller's rights. `dirFd` is good for calls
 * on one component (statxAt, openAt, entryOf). Must be synchronous.
 */
export type VisitEntry = (entry: TreeEntry, dirFd: number) => void;

export interface OpenListing {
  readonly entries: readonly TreeEntry[];
  readonly fd: number | null;
}

/**
 * A source's tree, held by an open root: whatever is renamed or mounted meanwhile, this is the directory that was
 * examined. Everything is synchronous and follows no symlink below the root, crosses into no other filesystem and no
 * other mount, and keeps out of what is excluded and of our own places.
 */
export interface OpenTree {
  readonly files: FileOps;
  readonly rootFd: number;
  /** The root as it was when the tree was opened. */
  readonly root: TreeEntry;
  /** The root as it is now. */
  lookAtRoot(): TreeEntry;
  /**
   * Entries in the order of the directory. What is left out or could not be looked at is noted, never passed over; a
   * directory that cannot be read is noted and has no entries, one that vanished has none.
   */
  list(directory: TreeEntry, visit?: VisitEntry): readonly TreeEntry[];
  /** The same, and the directory stays open for whoever closes `fd`; null where it was not opened. */
  listOpen(directory: TreeEntry, visit?: VisitEntry): OpenListing;
  /** The same for a directory of any size, paused in between. What is changed meanwhile may be in it or not. */
  listInTurns(directory: TreeEntry, turns: Pick<Turns, 'pause'>): Promise<readonly TreeEntry[]>;
  /**
   * A regular file for reading; nothing else is ever opened (no FIFO, no device). Leaves atime alone where permitted.
   * Throws with a `code` as open(2); ENOENT, ENOTDIR, ELOOP or EXDEV when it is no longer there.
   */
  openFile(entry: TreeEntry): number;
  /**
   * Left out below the root, as far as met or known. Grows while the tree is walked; each path once. What presets and own
   * rules leave out is told with a few examples and a count of the last whole walk, not one by one.
   */
  leftOut(): readonly PathNote[];
  /** Could not be looked at, as far as met. Each path once. */
  unreadable(): readonly PathNote[];
  noteUnreadable(path: Buffer, reason: string): void;
  /** Text for people of a path below the root. */
  describe(path: Buffer): string;
  close(): void;
}
