import type { BlobId, RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { Repository, TreeNode } from '../repository/index.ts';
import type { HandSettings } from './hands/contract.ts';

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
  /** For threads that open blobs by themselves; absent where that is not to be had. */
  readonly packs?: PackAccess;
}

/** Where data blobs are, and how their packs are read. What is read this way was not verified yet. */
export interface PackAccess {
  readonly key: HandSettings['key'];
  /** Undefined when no index lists it. */
  locate(id: BlobId): LocatedBlob | undefined;
  /** A descriptor, closed by whoever asked; undefined where there is none to be had. */
  open(pack: string): Promise<number | undefined>;
  /** Undefined when the pack is gone. */
  load(pack: string, offset: number, length: number): Promise<Uint8Array | undefined>;
}

export interface LocatedBlob {
  readonly pack: string;
  readonly offset: number;
  readonly length: number;
  readonly uncompressedLength: number;
  /** Length of its content. */
  readonly plain: number;
}

export function snapshotSourceOf(repository: Repository): SnapshotSource {
  return {
    id: repository.id,
    loadSnapshot: (id) => repository.snapshots.load(id),
    loadTree: async (id) => (await repository.loadTree(id)).nodes,
    loadData: (id) => repository.loadBlob('data', id),
    packs: packsOf(repository),
  };
}

function packsOf(repository: Repository): PackAccess {
  const { backend } = repository;
  return {
    key: repository.keyForThreads,
    locate(id) {
      const place = repository.locateBlob('data', id);
      const plain = repository.blobLength('data', id);
      return place === undefined || plain === undefined ? undefined : { ...place, plain };
    },
    open: async (name) => (await backend.open?.({ kind: 'pack', name }))?.descriptor,
    load: (name, offset, length) => backend.load({ kind: 'pack', name }, { offset, length }),
  };
}
