import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { sha256 } from '../crypto/hash.ts';
import { damaged as damagedError, misuse } from '../failures.ts';
import { derivedSnapshotFile } from '../format/snapshot-file.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import type { Snapshot, Snapshots } from '../snapshots/snapshots.ts';
import type { RepositoryWriter } from '../writer/repository-writer.ts';
import type { RepairOptions } from './contract.ts';
import {
  type DamagedParts,
  NotUnderstood,
  type Rewritten,
  type TreeLoss,
  TreeRewriter,
  type TreeSource,
} from './rewrite-tree.ts';

/** What a repository offers to this. */
export interface SnapshotRepairDependencies extends Omit<TreeSource, 'save' | 'signal'> {
  readonly snapshots: Snapshots;
  readonly withWriter: <Result>(
    lock: HeldLock,
    options: { readonly signal?: AbortSignal | undefined },
    work: (writer: RepositoryWriter) => Promise<Result>,
  ) => Promise<Result>;
}

export interface SnapshotRepairOptions extends RepairOptions {
  /** Only these; without them all. */
  readonly ids?: ReadonlySet<SnapshotId> | undefined;
  readonly parts: DamagedParts;
}

export interface RepairableSnapshot {
  readonly id: SnapshotId;
  /**
   * `repairable`: can be written again without what is gone. `repaired-before`: that was done, `as` is it. `lost`: nothing of
   * it can be read. `not-understood`: something in it is of a newer program; it is left as it is.
   */
  readonly state: 'repairable' | 'repaired-before' | 'lost' | 'not-understood';
  readonly as: SnapshotId | null;
  readonly why: string;
  /** The first thousand. */
  readonly losses: readonly TreeLoss[];
  readonly lossesTotal: number;
}

export interface SnapshotRepair {
  /** Snapshots looked at. */
  readonly looked: number;
  /** Those that are not whole. */
  readonly damaged: readonly RepairableSnapshot[];
  /** Snapshot files that cannot be read; nothing is done about them here. */
  readonly unreadable: readonly SnapshotId[];
  /**
   * Writes the repairable ones again. With `forget`, which needs an exclusive lock, what was written again and what is
   * lost altogether is removed afterwards; `repository-damaged` before anything is changed where an index still lists what
   * could not be read.
   */
  carryOut(
    lock: HeldLock,
    options: { readonly forget: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<SnapshotRepaired>;
}

export interface SnapshotRepaired {
  readonly written: readonly { readonly id: SnapshotId; readonly as: SnapshotId }[];
  readonly forgotten: readonly SnapshotId[];
}

/** As restic's `repair snapshots` has it. */
const repairedTag = 'repaired';

/** Which snapshots are not whole by the index in memory, and what of them is gone. Changes nothing before `carryOut`. */
export async function planSnapshotRepair(
  dependencies: SnapshotRepairDependencies,
  options: SnapshotRepairOptions,
): Promise<SnapshotRepair> {
  const { signal, ids, parts } = options;
  const { snapshots, damaged: unreadable } = await dependencies.snapshots.list(signal);
  const chosen = snapshots.filter(({ id }) => ids === undefined || ids.has(id));
  const save = async (bytes: Buffer): Promise<BlobId> => sha256(bytes) as BlobId;
  const rewriter = new TreeRewriter({ ...dependencies, save, signal }, parts);
  const damaged: RepairableSnapshot[] = [];
  for (const [done, snapshot] of chosen.entries()) {
    options.onProgress?.({ phase: 'snapshots', done, total: chosen.length });
    const found = await lookAt(snapshot, snapshots, rewriter);
    if (found !== undefined) damaged.push(found);
  }
  options.onProgress?.({ phase: 'snapshots', done: chosen.length, total: chosen.length });
  return {
    looked: chosen.length,
    damaged,
    unreadable: unreadable.map(({ id }) => id),
    carryOut: async (lock, { forget, signal: cancel }) => {
      const [unread] = rewriter.unread;
      if (forget && unread !== undefined) throw notSettled(unread);
      return writeAgain(dependencies, lock, damaged, { parts, forget, signal: cancel });
    },
  };
}

/** A folder of packs that is not mounted now makes every snapshot look lost. */
function notSettled(tree: BlobId): Error {
  return damagedError(
    `The index lists the folder ${tree.slice(0, 8)}, which cannot be read: repair the index and the packs before snapshots are forgotten. Nothing was changed.`,
    { blob: tree },
  );
}

async function lookAt(
  snapshot: Snapshot,
  all: readonly Snapshot[],
  rewriter: TreeRewriter,
): Promise<RepairableSnapshot | undefined> {
  const { id } = snapshot;
  const nothing = { id, as: null, why: '', losses: [], lossesTotal: 0 } as const;
  let found: Rewritten;
  try {
    found = await rewriter.rewrite(snapshot.tree);
  } catch (error) {
    if (error instanceof NotUnderstood) return { ...nothing, state: 'not-understood', why: error.message };
    throw error;
  }
  if (found.tree === snapshot.tree) return undefined;
  if (found.tree === null) return { ...nothing, state: 'lost', why: 'The listing of its first folder is gone.' };
  const before = all.find((other) => other.original === (snapshot.original ?? id) && other.tree === found.tree);
  return {
    ...nothing,
    state: before === undefined ? 'repairable' : 'repaired-before',
    as: before?.id ?? null,
    losses: found.losses,
    lossesTotal: found.total,
  };
}

async function writeAgain(
  dependencies: SnapshotRepairDependencies,
  lock: HeldLock,
  damaged: readonly RepairableSnapshot[],
  {
    parts,
    forget,
    signal,
  }: { readonly parts: DamagedParts; readonly forget: boolean; readonly signal: AbortSignal | undefined },
): Promise<SnapshotRepaired> {
  if (forget && lock.mode !== 'exclusive') throw misuse('Removing snapshots needs an exclusive lock.');
  const { snapshots, withWriter } = dependencies;
  const trees = await withWriter(lock, { signal }, async (writer) => {
    const save = async (bytes: Buffer): Promise<BlobId> => (await writer.saveTreeBytes(bytes)).id;
    const rewriter = new TreeRewriter({ ...dependencies, save, signal }, parts);
    const made = new Map<SnapshotId, BlobId>();
    for (const { id, state } of damaged) {
      if (state !== 'repairable') continue;
      const { tree } = await rewriter.rewrite((await snapshots.load(id)).tree);
      if (tree !== null) made.set(id, tree);
    }
    return made;
  });
  const written: { id: SnapshotId; as: SnapshotId }[] = [];
  for (const [id, tree] of trees) {
    throwIfAborted(signal);
    const text = await snapshots.loadText(id);
    if (text === undefined) continue;
    const made = derivedSnapshotFile(text, id, { tree, addTag: repairedTag, keepParent: true });
    written.push({ id, as: (await snapshots.publishText(lock, made)).id });
  }
  const replaced = new Set(written.map(({ id }) => id));
  const going = damaged.filter(({ id, state }) => replaced.has(id) || state === 'repaired-before' || state === 'lost');
  const forgotten = forget ? going.map(({ id }) => id) : [];
  if (forget) await snapshots.remove(lock, forgotten, signal);
  return { written, forgotten };
}
