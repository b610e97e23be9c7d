import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { isStillpointError, StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { Documents } from '../documents.ts';
import { damaged, misuse } from '../failures.ts';
import type { PackId } from '../format/ids.ts';
import { decodeIndexFile, encodeIndexFile } from '../format/index-file.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { BlobReader } from '../pack/blob-reader.ts';
import type { Snapshot, SnapshotList } from '../snapshots/snapshots.ts';
import { TreeCache } from '../trees/tree-cache.ts';
import { type ListedIndexFile, readIndexFiles } from './index-files.ts';
import { type MarkOptions, markUsed, type Root } from './mark-used.ts';
import { type PackUse, packUse } from './pack-use.ts';

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
  options: ScanOptions = {},
): Promise<ReclaimPlan> {
  if (lock.mode !== 'exclusive') throw misuse('Giving space back needs an exclusive lock.');
  lock.assertHeld();
  const staying = (await allSnapshots(dependencies, options.signal, without)).filter(({ id }) => !without.has(id));
  const files = await readIndexFiles(dependencies.documents, options.signal);
  const roots: Root[] = staying.map((snapshot) => ({ snapshot, bits: 1 }));
  const marks = await markUsed(roots, markOptions(dependencies, files.index, options));
  const use = packUse(files.index, marks, 1, await dependencies.backend.list('pack'));
  const [lost] = use.missing;
  // Perhaps what it held is in a pack that no index lists: repairing the index would find it there.
  if (lost !== undefined) throw damaged(`Pack ${lost.slice(0, 8)}, which snapshots need, is missing.`, { pack: lost });
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
      const work = new Removal(dependencies, use, step, onPack);
      await work.run(files.inForce, files.replaced);
      return { packs: work.packs, bytes: work.bytes, behind: use.behind };
    },
  };
}

function markOptions(
  { backend, sealer }: ReclaimDependencies,
  index: BlobIndex,
  { signal, onProgress }: ScanOptions,
): MarkOptions {
  const reader = new BlobReader(backend, sealer);
  const cache = new TreeCache();
  const loadTree = (id: BlobId) => cache.load(id, (tree) => reader.load(index, 'tree', tree));
  return { index, loadTree, signal, onSnapshot: (done, total) => onProgress?.(done, total) };
}

async function allSnapshots(
  { listSnapshots }: ReclaimDependencies,
  signal: AbortSignal | undefined,
  without: ReadonlySet<SnapshotId> = new Set(),
): Promise<readonly Snapshot[]> {
  const { snapshots, damaged: unreadable } = await listSnapshots(signal);
  const first = unreadable.find(({ id }) => !without.has(id));
  if (first === undefined) return snapshots;
  throw damaged(
    `Snapshot ${first.id.slice(0, 8)} cannot be read, so what it needs is not known.`,
    { snapshot: first.id },
    first.error,
  );
}

/** The new list is never longer than the one it replaces, but for the padding of its compression. */
function noRoom(cause: StillpointError, needed: number, packs: number): StillpointError {
  const before = packs === 0 ? '' : ` ${packs} ${packs === 1 ? 'file was' : 'files were'} deleted before that.`;
  return new StillpointError({
    kind: 'repository-full',
    message: `The disk is full: before more can be given back, about ${Math.ceil(needed / 1024)} KiB must be written there.${before}`,
    guidance: 'Delete or move a file beside the repository, then try again. Every snapshot that is listed is whole.',
    retryable: true,
    context: { needed },
    cause,
  });
}

/**
 * Deletes so that a crash at any instant leaves a whole repository: no index file ever names a pack that was deleted. A
 * pack goes when no index file lists it any more; until then it is there, and afterwards, if that is interrupted, it is a
 * file that readers ignore and the next reclaim removes. What needs no space comes first, then the smallest new files, so
 * that it works on a disk that is full.
 */
class Removal {
  packs = 0;
  bytes = 0;
  readonly #with: ReclaimDependencies;
  readonly #use: PackUse;
  readonly #step: () => Promise<void>;
  readonly #onPack: (bytes: number) => void;
  /** In how many index files an unused pack is still listed. */
  readonly #listings = new Map<PackId, number>();

  constructor(
    dependencies: ReclaimDependencies,
    use: PackUse,
    step: () => Promise<void>,
    onPack: (bytes: number) => void,
  ) {
    this.#with = dependencies;
    this.#use = use;
    this.#step = step;
    this.#onPack = onPack;
  }

  async run(inForce: readonly ListedIndexFile[], replaced: readonly ListedIndexFile[]): Promise<void> {
    for (const { packs } of inForce)
      for (const pack of new Set(packs))
        if (this.#use.unused.has(pack)) this.#listings.set(pack, (this.#listings.get(pack) ?? 0) + 1);
    for (const { name } of replaced) await this.#removeIndex(name);
    for (const { name } of this.#use.unlisted) await this.#removePack(name as PackId);
    const touched = inForce.filter(({ packs }) => packs.some((pack) => this.#use.unused.has(pack)));
    const isAll = ({ packs }: ListedIndexFile): boolean => packs.every((pack) => this.#use.unused.has(pack));
    for (const file of touched.filter(isAll)) {
      await this.#removeIndex(file.name);
      await this.#unlist(file);
    }
    const rest = touched.filter((file) => !isAll(file)).sort((one, other) => one.size - other.size);
    for (const file of rest) {
      await this.#writeShorter(file);
      await this.#removeIndex(file.name);
      await this.#unlist(file);
    }
  }

  /** The same index file without the unused packs, durable beside it. */
  async #writeShorter({ name, size }: ListedIndexFile): Promise<void> {
    await this.#step();
    const text = await this.#with.documents.load('index', name);
    if (text === undefined)
      throw damaged(`The index file ${name.slice(0, 8)} vanished while it was in use.`, { index: name });
    const packs = decodeIndexFile(text).packs.filter(({ id }) => !this.#use.unused.has(id));
    const shorter = encodeIndexFile({ supersedes: [name], packs });
    await this.#step();
    try {
      await this.#with.documents.save('index', shorter);
    } catch (error) {
      throw isStillpointError(error, 'repository-full') ? noRoom(error, size, this.packs) : error;
    }
  }

  async #unlist({ packs }: ListedIndexFile): Promise<void> {
    for (const pack of new Set(packs)) {
      const left = this.#listings.get(pack);
      if (left === undefined) continue;
      this.#listings.set(pack, left - 1);
      if (left === 1) await this.#removePack(pack);
    }
  }

  async #removeIndex(name: string): Promise<void> {
    await this.#step();
    await this.#with.documents.remove('index', name);
  }

  async #removePack(name: PackId): Promise<void> {
    await this.#step();
    const { backend } = this.#with;
    const size = (await backend.stat({ kind: 'pack', name })) ?? 0;
    if (!(await backend.remove({ kind: 'pack', name }))) return;
    this.packs += 1;
    this.bytes += size;
    this.#onPack(size);
  }
}
