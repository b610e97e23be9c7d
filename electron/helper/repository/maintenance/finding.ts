import type { DataShare } from './share.ts';

/** What can be wrong with a repository. Stable: stored in run logs, keyed by translations. */
export type FindingCode =
  | 'index-damaged'
  | 'pack-missing'
  | 'pack-length-wrong'
  | 'pack-damaged'
  | 'pack-unlisted'
  | 'blob-damaged'
  | 'blob-missing'
  | 'tree-damaged'
  | 'snapshot-damaged'
  | 'blobs-unused'
  | 'snapshots-none'
  | 'key-damaged'
  | 'keys-unopened'
  | 'pack-misread';

/**
 * `error`: something that was backed up cannot be read. `warning`: nothing is lost, but something is not as it should be.
 * `info`: normal, and good to know.
 */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: FindingCode;
  readonly text: string;
  /** What of the snapshots it touches: `snapshot:path`, the first hundred. */
  readonly affects: readonly string[];
  /** Ids of the file and of the blob that are wrong, where there are any. */
  readonly file?: string | undefined;
  readonly blob?: string | undefined;
}

export const maxAffected = 100;

export type CheckPhase = 'snapshots' | 'index' | 'packs' | 'trees' | 'data';

export interface CheckProgress {
  readonly phase: CheckPhase;
  /** Files, or bytes in phase `data`. */
  readonly done: number;
  readonly total: number;
}

export interface CheckReport {
  /** Empty of errors and warnings: every snapshot can be read as far as was looked. */
  readonly findings: readonly Finding[];
  readonly snapshots: number;
  readonly packs: number;
  readonly blobs: number;
  /** Whether every byte of every listed pack was read and compared with its hash. */
  readonly readAllData: boolean;
  /** Where only a share was to be read: what was, exactly, of how much. */
  readonly dataRead?: (DataShare & DataRead) | undefined;
}

/** Listed packs that are there: how many were read, and how many there are. */
export interface DataRead {
  readonly packs: number;
  readonly bytes: number;
  readonly allPacks: number;
  readonly allBytes: number;
}

export interface CheckContext {
  readonly signal: AbortSignal | undefined;
  readonly report: (finding: Finding) => void;
  readonly progress: (progress: CheckProgress) => void;
}
