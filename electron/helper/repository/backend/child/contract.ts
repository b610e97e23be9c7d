import type { Readable, Writable } from 'node:stream';

/** The programs a repository may be reached through. */
export type ReachingProgram = 'ssh' | 'rclone';

/** Starts one of them, in the name and with the settings of whoever the repository belongs to; given by the composition. */
export type StartProgram = (program: ReachingProgram, args: readonly string[]) => RunningProgram;

export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** The last lines of what it complained with; holds no secret that it was not given. */
  complaint(): string;
  /** Resolves when it has ended; never rejects. `started` is false where there is no such program. */
  readonly ended: Promise<{ readonly started: boolean; readonly exitCode: number | null }>;
  kill(): void;
}
