import type { StillContent } from '../contract.ts';

export interface HotFile {
  /** Absolute path, for texts only. */
  readonly where: string;
  /** Open for reading; belongs to the caller. */
  readonly fd: number;
  readonly deviceId: bigint;
  readonly inode: bigint;
  readonly size: bigint;
}

/**
 * Files too large to be read while writers wait, taken at the still point by copy-before-write: from the freeze on, whoever
 * writes waits until what is overwritten has been saved. Kernel: pre-access events of fanotify(7), Linux 6.14.
 */
export interface HotFiles extends AsyncDisposable {
  /**
   * Why this file cannot be taken so, for people; null when it can. Needs every descriptor open for writing to have been
   * opened while we watched, and no shared mapping. Looks at /proc: not while anything is frozen.
   */
  obstacle(file: HotFile): string | null;
  /** Everything ready for `hold`, before the freeze. */
  prepare(files: readonly HotFile[], signal: AbortSignal): Promise<void>;
  /** While frozen. Synchronous, microseconds; the content is that of this instant for as long as `HotFiles` lives. */
  hold(): void;
  /** After the thaw: content of a held file. Its verdict is `whole`, or `torn` with the reason when a write slipped by. */
  content(file: HotFile): StillContent;
}

/** Watches one filesystem from now on, so that files opened later can be taken. Costs each write a little meanwhile. */
export interface HotFileWatch extends AsyncDisposable {
  readonly startedNs: bigint;
  newHotFiles(): HotFiles;
}
