import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RepositoryId, RunId, SnapshotId, SourceId } from '../../../shared/domain/ids.ts';
import type { UndoableRestore } from '../../../shared/domain/restore.ts';
import type { RunOutcome } from '../../../shared/domain/run.ts';
import type { NodeType, SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import type { Instant } from '../../../shared/domain/time.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';

/** A snapshot with what decides the lane it is drawn in. */
export interface DrawnSnapshot {
  readonly mark: SnapshotMark;
  readonly sourceId: SourceId | null;
  readonly sourceName: string;
  readonly hostname: string;
  readonly paths: readonly string[];
  /** Of the source, when it was taken; empty where nobody recorded it. */
  readonly filesystem: string;
  /** A time in which it was seen that nothing was written. */
  readonly staticBand: { readonly from: number; readonly to: number } | null;
}

/** A backup that made no snapshot. */
export interface DrawnFailure {
  readonly runId: RunId;
  readonly sourceId: SourceId | null;
  readonly at: number;
  readonly outcome: RunOutcome;
  readonly text: string;
}

/** A check found damage in the repository, and none has read all its data since and found nothing wrong. */
export interface FoundDamage {
  readonly repositoryId: RepositoryId;
  /** The check. */
  readonly runId: RunId;
  readonly title: string;
  /** When the check began, milliseconds since the epoch. */
  readonly at: number;
}

/** That many backups in a row could not delete; `text` is what the newest of them said. */
export interface FailedForgets {
  readonly sourceId: SourceId;
  readonly backups: number;
  readonly text: string;
}

export interface PathEntry {
  readonly path: string;
  readonly type: NodeType;
  readonly size: number;
  readonly modifiedAt: string;
}

export interface CatalogedSnapshot {
  readonly mark: SnapshotMark;
  readonly summary: SnapshotSummary;
  readonly evidence: Evidence | null;
  /** False until the helper was asked for its evidence. */
  readonly evidenceKnown: boolean;
}

/** One snapshot, wherever it is kept. */
export interface SnapshotKey {
  readonly repositoryId: RepositoryId;
  readonly snapshotId: SnapshotId;
}

/**
 * The local index as jobs see it. Everything in it can be had again: runs from their logs, the rest from the
 * repositories. Rejects with `catalog-damaged` while it cannot be used.
 */
export interface Catalog {
  knownRuns(): Promise<RunId[]>;
  putRuns(runs: readonly RunView[]): Promise<void>;
  /** Newest first, begun before an instant. */
  listRuns(limit: number, before?: Instant | undefined): Promise<RunView[]>;
  getRun(runId: RunId): Promise<RunView | null>;
  /** The newest finished backup of each source, of those that began no later than an instant. */
  latestBackups(notAfter: Instant): Promise<RunView[]>;
  /** Sources whose newest backups could not delete what their keep rules let go, until one could. */
  failedForgets(notAfter: Instant): Promise<FailedForgets[]>;

  /** Makes the catalog hold exactly these snapshots of a repository. */
  syncSnapshots(
    repositoryId: RepositoryId,
    snapshots: readonly SnapshotSummary[],
  ): Promise<{ added: number; removed: number }>;
  /** A rewritten snapshot has another id; what is known of it stays. */
  replaceSnapshot(old: SnapshotKey, snapshot: SnapshotSummary): Promise<SnapshotMark>;
  removeSnapshot(key: SnapshotKey): Promise<void>;
  /** Drops everything of repositories that are not registered any more. */
  keepRepositories(ids: readonly RepositoryId[]): Promise<void>;
  snapshotCounts(): Promise<{ repositoryId: RepositoryId; snapshots: number }[]>;
  getSnapshot(key: SnapshotKey): Promise<CatalogedSnapshot | null>;
  /** Snapshots of ours whose evidence was not asked for yet, newest first. */
  withoutEvidence(repositoryId: RepositoryId, limit: number): Promise<SnapshotId[]>;
  putEvidence(key: SnapshotKey, evidence: Evidence | null): Promise<void>;

  drawn(): Promise<{ snapshots: DrawnSnapshot[]; failures: DrawnFailure[]; damages: FoundDamage[] }>;

  /** The next snapshot of a repository whose paths are not in the file index. */
  nextToIndex(repositoryId: RepositoryId): Promise<SnapshotId | null>;
  addPaths(key: SnapshotKey, entries: readonly PathEntry[]): Promise<void>;
  finishPaths(key: SnapshotKey): Promise<void>;
  searchFiles(text: string, limit: number): Promise<IpcResult<'search.files'>>;
  fileVersions(repositoryId: RepositoryId, path: string): Promise<IpcResult<'search.versions'>>;

  putRestores(restores: readonly UndoableRestore[]): Promise<void>;
  listRestores(): Promise<UndoableRestore[]>;

  clear(): Promise<void>;
}
