import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { type StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { Documents } from '../documents.ts';
import { damaged, misuse } from '../failures.ts';
import type { PackId } from '../format/ids.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { BlobReader } from '../pack/blob-reader.ts';
import type { Snapshot, SnapshotList } from '../snapshots/snapshots.ts';
import { TreeCache } from '../trees/tree-cache.ts';
import { readIndexFiles } from './index-files.ts';
import { ListedPacks } from './listed-packs.ts';
import { type MarkOptions, markUsed, type Root } from './mark-used.ts';
import { refuseWithoutSnapshots } from './no-snapshots.ts';
import { packUse } from './pack-use.ts';
import { withReserve } from './with-reserve.ts';

export interface ReclaimDependencies {
  readonly backend: Backend;
  readonly sealer: Sealer;
  readonly documents: Documents;
  readonly listSnapshots: (signal?: AbortSignal) => Promise<SnapshotList>;
}

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  /** Snapshots gone through so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ReclaimOptions extends ScanOptions {
  /** Somebody says that there are no snapshots any more: without it nothing is deleted where none is listed and none named. */
  readonly evenWithoutSnapshots?: boolean | undefined;
}

export interface Freeable {
  /** Length of the pack files that nothing needs any more, in bytes. */
  readonly bytes: number;
  /** Bytes that nothing needs inside packs that are needed for others: they stay. */
  readonly behind: number;
}

/**
 * For each set of snapshots what could be given back if they were gone; what is unused already is in every figure. At
 * most eight sets. Looks only, in one walk over all trees; a shared lock keeps others from changing what is looked at.
 */
export async function measureFreeable(
  dependencies: ReclaimDependencies,
  sets: readonly ReadonlySet<SnapshotId>[],
  options: ScanOptions = {},
): Promise<readonly Freeable[]> {
  if (sets.length > 8) throw misuse('At most eight sets of snapshots can be measured at a time.');
  const snapshots = await allSnapshots(dependencies, options.signal);
  const { index } = await readIndexFiles(dependencies.documents, options.signal);
  const bitsOf = (id: SnapshotId): number => sets.reduce((bits, set, at) => (set.has(id) ? bits : bits | (1 << at)), 0);
  const roots = snapshots.map((snapshot) => ({ snapshot, bits: bitsOf(snapshot.id) })).filter(({ bits }) => bits !== 0);
  const marks = await markUsed(roots, markOptions(dependencies, index, options));
  const files = await dependencies.backend.list('pack');
  return sets.map((_, at) => {
    const { freeable, behind } = packUse(index, marks, 1 << at, files);
    return { bytes: freeable, behind };
  });
}

export interface Reclaimed {
  readonly packs: number;
  readonly bytes: number;
  /** Bytes that nothing needs inside packs that are needed for others. */
  readonly behind: number;
}

/** What a reclaim will do. Nothing is changed before `carryOut`. */
export interface ReclaimPlan {
  readonly packs: number;
  readonly bytes: number;
  carryOut(options?: { readonly signal?: AbortSignal; readonly onPack?: (bytes: number) => void }): Promise<Reclaimed>;
}

/**
 * Finds the packs that nothing needs once the snapshots of `without` are gone. Those must be removed before the plan is
 * carried out, under the same exclusive lock. `repository-damaged` when any other snapshot, tree or index file cannot be
 * read, those of other programs included: nothing may be deleted then.
 */
export async function planReclaim(
  dependencies: ReclaimDependencies,
  lock: HeldLock,
  without: ReadonlySet<SnapshotId>,
  options: ReclaimOptions = {},
): Promise<ReclaimPlan> {
  if (lock.mode !== 'exclusive') throw misuse('Giving space back needs an exclusive lock.');
  lock.assertHeld();
  const staying = (await allSnapshots(dependencies, options.signal, without)).filter(({ id }) => !without.has(id));
  if (staying.length === 0 && without.size === 0)
    await refuseWithoutSnapshots(dependencies, options.signal, options.evenWithoutSnapshots === true);
  const files = await readIndexFiles(dependencies.documents, options.signal);
  const roots: Root[] = staying.map((snapshot) => ({ snapshot, bits: 1 }));
  const marks = await markUsed(roots, markOptions(dependencies, files.index, options));
  const use = packUse(files.index, marks, 1, await dependencies.backend.list('pack'));
  const [lost] = use.missing;
  if (lost !== undefined) throw packMissing(lost);
  return {
    packs: use.unused.size + use.unlisted.length,
    bytes: use.freeable,
    carryOut: async ({ signal, onPack = () => {} } = {}) => {
      const { snapshots, damaged: unreadable } = await dependencies.listSnapshots(signal);
      const known = new Set(staying.map(({ id }) => id));
      if (![...snapshots, ...unreadable].every(({ id }) => known.has(id)))
        throw misuse('Snapshots are there that the plan does not know.');
      const step = async (): Promise<void> => {
        throwIfAborted(signal);
        await lock.verifyHeld();
      };
      const work = new ListedPacks({ ...dependencies, step, onPack }, files);
      if (use.unused.size > 0) await work.requireRemoval(use.unlisted);
      await work.removeLeftovers(use.unlisted);
      await withReserve(dependencies.backend, () => work.replace(use.unused));
      return { packs: work.packs, bytes: work.bytes, behind: use.behind };
    },
  };
}

/** Perhaps what it held is in a pack that no index lists: repairing the index would find it there. */
export function packMissing(pack: PackId): StillpointError {
  return damaged(`Pack ${pack.slice(0, 8)}, which snapshots need, is missing.`, { pack });
}

export function markOptions(
  { backend, sealer }: ReclaimDependencies,
  index: BlobIndex,
  { signal, onProgress }: ScanOptions,
): MarkOptions {
  const reader = new BlobReader(backend, sealer);
  const cache = new TreeCache();
  const loadTree = (id: BlobId) => cache.load(id, (tree) => reader.load(index, 'tree', tree));
  return { index, loadTree, signal, onSnapshot: (done, total) => onProgress?.(done, total) };
}

/** A snapshot may be renamed by new tags while they are read; not for ever. */
const snapshotReadings = 3;

/**
 * Every snapshot whose file is there, or `repository-damaged`: what is needed must be known of all of them. A file that is
 * listed and not given when it is asked for counts as one that cannot be read, never as one that is gone.
 */
export async function allSnapshots(
  { listSnapshots, documents }: ReclaimDependencies,
  signal: AbortSignal | undefined,
  without: ReadonlySet<SnapshotId> = new Set(),
): Promise<readonly Snapshot[]> {
  for (let reading = 1; ; reading += 1) {
    const names = await documents.list('snapshot');
    const { snapshots, damaged: unreadable } = await listSnapshots(signal);
    const first = unreadable.find(({ id }) => !without.has(id));
    if (first !== undefined) throw notKnown(first.id, first.error);
    const read = new Set<string>([...snapshots, ...unreadable].map(({ id }) => id));
    const absent = names.find(({ name }) => !read.has(name) && !without.has(name as SnapshotId));
    if (absent === undefined) return snapshots;
    if (reading === snapshotReadings) throw notKnown(absent.name);
  }
}

function notKnown(snapshot: string, cause?: StillpointError): StillpointError {
  return damaged(
    `Snapshot ${snapshot.slice(0, 8)} cannot be read, so what it needs is not known.`,
    { snapshot },
    cause,
  );
}
