import type { RepositoryId, RunId, SnapshotId, SourceId } from '../../shared/domain/ids.ts';
import type { RestorePoint } from '../../shared/domain/restore.ts';

/** One snapshot, as every feature names it. */
export interface SnapshotRef {
  readonly repositoryId: RepositoryId;
  readonly snapshotId: SnapshotId;
}

/** What the middle of the window shows. A feature's `feature.tsx` says which of these it draws. */
export type View =
  | { readonly name: 'main' }
  | { readonly name: 'first-run' }
  | { readonly name: 'add-source' }
  | { readonly name: 'edit-source'; readonly sourceId: SourceId }
  /** When a source is backed up and what is kept of it. */
  | { readonly name: 'edit-policy'; readonly sourceId: SourceId }
  /** `repositoryId`: the one to show first. */
  | { readonly name: 'repositories'; readonly repositoryId?: RepositoryId }
  /** Everything of one repository, and its care. */
  | { readonly name: 'repository'; readonly repositoryId: RepositoryId }
  | { readonly name: 'restore-wizard'; readonly point: RestorePoint; readonly selection: readonly string[] }
  | { readonly name: 'browse'; readonly snapshot: SnapshotRef; readonly path: string }
  /** `after` null: the user has yet to choose what to compare with. */
  | { readonly name: 'compare'; readonly before: SnapshotRef; readonly after: SnapshotRef | null }
  | { readonly name: 'search'; readonly text: string }
  | { readonly name: 'activity'; readonly runId: RunId | null }
  | { readonly name: 'settings' };

export type ViewName = View['name'];
export type ViewOf<N extends ViewName> = Extract<View, { readonly name: N }>;
