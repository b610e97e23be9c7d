import type { SnapshotId } from '../../../../shared/domain/ids.ts';
import type { Backend } from '../backend/contract.ts';
import type { PackId } from '../format/ids.ts';
import type { SnapshotList } from '../snapshots/snapshots.ts';
import { blobSizes } from './blob-sizes.ts';
import { BlobUse, nothing, type UseDependencies, type Walked } from './blob-use.ts';

export interface StatisticsDependencies extends UseDependencies {
  readonly backend: Backend;
  readonly listSnapshots: (signal?: AbortSignal) => Promise<SnapshotList>;
}

export interface StatisticsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Snapshots gone through so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** How many references of trees are kept in memory, 4 bytes each; trees with more are read twice. */
  readonly linksAtMost?: number | undefined;
}

/** All in bytes or numbers. */
export interface SnapshotStatistics {
  readonly id: SnapshotId;
  readonly timeNs: bigint;
  /** Content of all files; one with several names counts for each of them. */
  readonly logicalBytes: number;
  readonly files: number;
  readonly folders: number;
  /** Stored bytes that would not be needed without it. */
  readonly onlyBytes: number;
  /** Stored bytes that no snapshot before it needed, in order of time, whatever it is of. */
  readonly newBytes: number;
  /** False when something of it is missing or cannot be read: the figures are then too low. */
  readonly isWhole: boolean;
}

export interface RepositoryStatistics {
  readonly snapshots: readonly SnapshotStatistics[];
  /** Snapshot files that cannot be read; what only they need counts as unused. */
  readonly unreadableSnapshots: number;
  /** What is there: all packs, listed or not. */
  readonly packs: number;
  readonly packBytes: number;
  /** Index and snapshot files. */
  readonly otherBytes: number;
  /** Different blobs in the index. */
  readonly blobs: number;
  readonly treeBlobs: number;
  /** Logical size of all snapshots together. */
  readonly logicalBytes: number;
  /** Content of the different blobs that snapshots need, before compression. */
  readonly uniqueBytes: number;
  /** What these take in packs: compressed and sealed. */
  readonly storedBytes: number;
  /** `uniqueBytes` to `storedBytes`; 1 when nothing is stored. */
  readonly compressionRatio: number;
  /** Stored bytes of blobs that no snapshot needs. */
  readonly unusedBytes: number;
  readonly unusedBlobs: number;
  /** Stored bytes of further copies of needed blobs. */
  readonly duplicateBytes: number;
  /** In packs that no index lists. */
  readonly unlistedBytes: number;
}

/**
 * What a repository holds and what of it each snapshot needs. Every tree is read once, however many snapshots share it.
 * Looks only; a shared lock keeps others from changing what is looked at.
 */
export async function measureRepository(
  dependencies: StatisticsDependencies,
  options: StatisticsOptions = {},
): Promise<RepositoryStatistics> {
  const { backend, index, listSnapshots } = dependencies;
  const { signal } = options;
  const { snapshots, damaged } = await listSnapshots(signal);
  const sizes = await blobSizes(index, signal);
  const use = new BlobUse(dependencies, sizes, options);
  const figures: Walked[] = [];
  for (const [order, snapshot] of snapshots.entries()) {
    options.onProgress?.(order, snapshots.length);
    figures.push(await use.walk(snapshot, order + 1));
  }
  options.onProgress?.(snapshots.length, snapshots.length);
  const needed = use.needed(snapshots.length);
  const packs = await backend.list('pack', { signal });
  const others = [...(await backend.list('index', { signal })), ...(await backend.list('snapshot', { signal }))];
  const sum = (files: readonly { readonly size: number }[]): number => files.reduce((all, { size }) => all + size, 0);
  return {
    snapshots: snapshots.map(({ id, timeNs }, at) => ({
      id,
      timeNs,
      ...(figures[at] ?? nothing),
      onlyBytes: needed.only[at] ?? 0,
      newBytes: needed.first[at] ?? 0,
    })),
    unreadableSnapshots: damaged.length,
    packs: packs.length,
    packBytes: sum(packs),
    otherBytes: sum(others),
    blobs: sizes.blobs,
    treeBlobs: sizes.trees,
    logicalBytes: figures.reduce((all, { logicalBytes }) => all + logicalBytes, 0),
    uniqueBytes: needed.plain,
    storedBytes: needed.stored,
    compressionRatio: needed.stored === 0 ? 1 : needed.plain / needed.stored,
    unusedBytes: needed.unusedBytes,
    unusedBlobs: needed.unusedBlobs,
    duplicateBytes: needed.duplicateBytes,
    unlistedBytes: sum(packs.filter(({ name }) => !index.hasPack(name as PackId))),
  };
}
