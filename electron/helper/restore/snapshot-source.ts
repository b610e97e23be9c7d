import type { BlobId, RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { Repository, TreeNode } from '../repository/index.ts';

export interface StoredSnapshot {
  readonly id: SnapshotId;
  readonly tree: BlobId;
  /** Absolute paths of what was backed up, on the machine it was backed up on. */
  readonly paths: readonly string[];
  readonly timeNs: bigint;
  readonly excludes: readonly string[];
  readonly tags: readonly string[];
}

/** What a restore needs of a repository. Everything it returns was verified against the id it was asked by. */
export interface SnapshotSource {
  readonly id: RepositoryId;
  /** `unknown-snapshot` when there is none. */
  loadSnapshot(id: SnapshotId): Promise<StoredSnapshot>;
  /** Ascending by the bytes of the name, no name twice, every name one component of a path. */
  loadTree(id: BlobId): Promise<readonly TreeNode[]>;
  loadData(id: BlobId): Promise<Uint8Array>;
}

export function snapshotSourceOf(repository: Repository): SnapshotSource {
  return {
    id: repository.id,
    loadSnapshot: (id) => repository.snapshots.load(id),
    loadTree: async (id) => (await repository.loadTree(id)).nodes,
    loadData: (id) => repository.loadBlob('data', id),
  };
}
