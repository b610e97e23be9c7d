/** What helper and server say to each other: one line of JSON each way, one question at a time. */

export type Request =
  | { readonly do: 'guarded-by'; readonly pid: number }
  /** Open `path` (of /proc) and be asked before its content is accessed. */
  | { readonly do: 'arm'; readonly file: number; readonly path: string }
  | { readonly do: 'hold' }
  /** What of these bytes has been kept; everything below `copied` need not be kept any more. */
  | { readonly do: 'kept'; readonly file: number; readonly from: number; readonly to: number; readonly copied: number }
  | { readonly do: 'disarm'; readonly file: number }
  | { readonly do: 'state' };

/** Consecutive pages of a file: its first page, how many, and the page of the arena that holds the first. */
export type KeptRun = readonly [page: number, count: number, arenaPage: number];

export interface Reply {
  /** Something is wrong with the request or the system call behind it. */
  readonly error?: string;
  readonly code?: string;
  /** By the number of the file: why its content is not that of the hold, or null. */
  readonly torn?: readonly (string | null)[];
  readonly runs?: readonly KeptRun[];
  /** `runs` are complete below this position. */
  readonly next?: number;
  /** How often the file was opened anew while it was armed. */
  readonly openings?: number;
  /** Threads that asked before the hold; some of them when there are many. */
  readonly askers?: readonly number[];
  readonly account?: Account;
}

export interface Account {
  readonly accesses: number;
  readonly savedBytes: number;
  readonly longestWaitMs: number;
}

/** Descriptors of the server beside its standard ones. */
export const arenaFd = 3;
export const beatFd = 4;

export const pageBytes = 4096;

/** So that a reply fits into a pipe whole and nobody waits for a reader. */
export const mostRuns = 1024;
export const mostAskers = 4096;
