import type { StillContent } from '../contract.ts';

export interface HotFile {
  /** Absolute path, for texts only. */
  readonly where: string;
  /** Open for reading; belongs to the caller, who closes it after `HotFiles`. */
  readonly fd: number;
  readonly deviceId: bigint;
  readonly inode: bigint;
  readonly size: bigint;
}

export interface ExpectedFile extends Pick<HotFile, 'where' | 'deviceId' | 'inode'> {
  /**
   * Opens it for reading, in the name of whoever its source is read for, and below the source's root only: the watch is
   * root's, and what stands on the way there may be replaced by anybody who may write to it. Throws when it is gone.
   */
  open(): number;
}

/** A file that cannot be taken so, and why, as a sentence for people. */
export interface HotFileProblem {
  readonly file: HotFile;
  readonly reason: string;
}

/**
 * Files too large to be read while writers wait, taken at the still point by copy-before-write: from the freeze on, whoever
 * writes waits until what is overwritten has been saved. Kernel: pre-access events of fanotify(7), Linux 6.14.
 * For one still point: `prepare` and `hold` are called once. Disposing ends it all, at any moment.
 */
export interface HotFiles extends AsyncDisposable {
  /**
   * Why this file cannot be taken so, for people; null when it can. Needs every descriptor open for writing to have been
   * opened while we watched, and no shared mapping. Looks at /proc: not while anything is frozen.
   */
  obstacle(file: HotFile): string | null;
  /**
   * Everything ready for `hold`, before the freeze: from now on every access to these files is told and, at first, let go on
   * at once. Files are looked at again then; those that cannot be taken are returned, and are not held. About half a second; up to five when a program is in the middle of a long write.
   */
  prepare(files: readonly HotFile[], signal: AbortSignal): Promise<readonly HotFileProblem[]>;
  /**
   * While frozen. Synchronous, some milliseconds at most; the content is that of this instant for as long as `HotFiles`
   * lives. Returns what cannot be taken after all; after that the verdict of `content` has the last word.
   */
  hold(): readonly HotFileProblem[];
  /**
   * After the thaw: content of a held file, to be read once. Its verdict is `whole`, or `torn` with the reason when a write
   * may have slipped by.
   */
  content(file: HotFile): StillContent;
  /** What was done so far, for the evidence. */
  readonly account: HotFileAccount;
  /** Who answers the kernel, and who ends it when it does not; null while nobody is asked. */
  readonly pids: { readonly server: number; readonly watcher: number } | null;
}

export interface HotFileAccount {
  /** How often somebody was asked to wait. */
  readonly accesses: number;
  /** Old content kept because somebody was about to overwrite it, bytes. */
  readonly savedBytes: number;
  /** Longest time for which one access was held up by saving, ms. */
  readonly longestWaitMs: number;
}

/**
 * Watches one filesystem from now on, so that files opened later can be taken. Costs each access there a little meanwhile
 * (see README), so it should exist only while a source with large hot files does.
 */
export interface HotFileWatch extends AsyncDisposable {
  /** Wall clock, ns. */
  readonly startedNs: bigint;
  /**
   * A file that will be wanted: a moment in which nobody has it open for writing is looked for, now and later. Without one a
   * file that was open before the watch began can never be taken. Forgotten once it is not there any more.
   */
  expect(file: ExpectedFile): void;
  /**
   * Whether every descriptor that can write to this file is known to have been opened while we watched. Begins nothing, and says
   * nothing of mappings.
   */
  covers(file: Pick<HotFile, 'fd' | 'deviceId' | 'inode'>): boolean;
  newHotFiles(): HotFiles;
}

export interface KernelHotFileWatch extends HotFileWatch {
  /** False when the filesystem was unmounted since: nothing is known of who writes to it now. */
  readonly isAlive: boolean;
}
