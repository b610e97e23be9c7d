import { runs } from './0010-runs.ts';
import { snapshots } from './0020-snapshots.ts';
import { files } from './0030-files.ts';
import { restores } from './0040-restores.ts';
import { runTriggers } from './0050-run-triggers.ts';

export interface Migration {
  /** Ascending, with gaps; becomes SQLite's `user_version`. */
  readonly number: number;
  readonly sql: string;
}

/** Append only: what has been in a release is never edited, because it has already run somewhere. */
export const migrations: readonly Migration[] = [
  { number: 10, sql: runs },
  { number: 20, sql: snapshots },
  { number: 30, sql: files },
  { number: 40, sql: restores },
  { number: 50, sql: runTriggers },
];
