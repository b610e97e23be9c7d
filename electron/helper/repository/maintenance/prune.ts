import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { isStillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import { misuse } from '../failures.ts';
import type { PackId } from '../format/ids.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';
import { findAffected } from './affected.ts';
import { batchBytes, expectedPacks, nextBatch } from './batches.ts';
import { readIndexFiles } from './index-files.ts';
import { ListedPacks } from './listed-packs.ts';
import { markInParts, type PartOfLook, wholeLook } from './mark-in-parts.ts';
import { refuseWithoutSnapshots } from './no-snapshots.ts';
import { choosePacks, type PackChoice, type Source } from './pack-choice.ts';
import type { PruneLimits } from './prune-limits.ts';
import { allSnapshots, markOptions, packMissing, type ReclaimDependencies, type ScanOptions } from './reclaim.ts';
import { type LostBlob, Repacker } from './repack.ts';
import { SourceEntries } from './source-entries.ts';
import { withReserve } from './with-reserve.ts';

export type { PartOfLook };

export interface PruneDependencies extends ReclaimDependencies {
  /** Length at which a pack is written, in bytes. */
  readonly packTarget: number;
}

export interface PruneOptions extends ScanOptions {
  readonly limits?: PruneLimits | undefined;
  /** Snapshots that count as gone: they must be removed before the plan is carried out. */
  readonly without?: ReadonlySet<SnapshotId> | undefined;
}

/** In bytes and files; exact as long as nothing is damaged and there is room. */
export interface PruneFigures {
  /** Pack files that are there. */
  readonly packs: number;
  readonly bytes: number;
  /** Of blobs that snapshots need, each once. */
  readonly neededBytes: number;
  /** Pack files that go and of which nothing has to be copied. */
  readonly deletePacks: number;
  readonly deleteBytes: number;
  /** Pack files that go after what is needed of them was copied. */
  readonly repackPacks: number;
  readonly repackBytes: number;
  /** Pack files that copying makes. */
  readonly newPacks: number;
  readonly newBytes: number;
  /** What goes less what comes. */
  readonly freedBytes: number;
  /** Of blobs that nothing needs, or that are there twice, in packs that stay. */
  readonly remainingBytes: number;
}

export interface PackDamage {
  readonly pack: PackId;
  readonly text: string;
  /** `snapshot:path`, the first hundred. */
  readonly affects: readonly string[];
}

export interface Pruned {
  readonly packsDeleted: number;
  readonly bytesDeleted: number;
  readonly packsWritten: number;
  readonly bytesWritten: number;
  readonly indexFilesMerged: number;
  /** Of blobs that nothing needs, in packs that stay; those that were to go and could not included. */
  readonly remainingBytes: number;
  /** Packs that stay because something in them that is needed is whole nowhere. */
  readonly damage: readonly PackDamage[];
  /** Bytes that would have to be free to go on; 0 when it got to its end. */
  readonly shortOf: number;
  /** Packs that the next one will take: this one was told that it is enough. */
  readonly left: number;
}

export interface CarryOutOptions {
  readonly signal?: AbortSignal | undefined;
  /** A pack was deleted. */
  readonly onPack?: ((bytes: number) => void) | undefined;
  readonly onCopied?: ((bytes: number) => void) | undefined;
  /** Asked where it can end without losing work. */
  readonly isEnough?: (() => boolean) | undefined;
}

/** What a prune will do. Nothing is changed before `carryOut`, which needs the exclusive lock. */
export interface PrunePlan {
  readonly figures: PruneFigures;
  carryOut(options?: CarryOutOptions): Promise<Pruned>;
}

/**
 * Decides what goes, what is written again and what stays. A shared lock is enough to look. `repository-damaged` when
 * anything a snapshot needs is not known or not there: nothing may be deleted then. With `look` it may be enough before the
 * end: then it is what was found so far, to go on with another time (`mark-in-parts.ts`).
 */
export async function planPrune(
  dependencies: PruneDependencies,
  lock: HeldLock,
  options: PruneOptions = {},
  look: PartOfLook = wholeLook,
): Promise<PrunePlan | Uint8Array> {
  const { limits = {}, without = new Set(), signal } = options;
  lock.assertHeld();
  const staying = (await allSnapshots(dependencies, signal, without)).filter(({ id }) => !without.has(id));
  if (staying.length === 0 && without.size === 0)
    await refuseWithoutSnapshots(dependencies, signal, limits.evenWithoutSnapshots === true);
  const files = await readIndexFiles(dependencies.documents, signal);
  const { index } = files;
  const marks = await markInParts(staying, dependencies.sealer, markOptions(dependencies, index, options), look);
  if ('left' in marks) return marks.left;
  const packs = await dependencies.backend.list('pack');
  const choice = await choosePacks(index, marks.all, packs, limits, dependencies.packTarget, signal);
  const [lost] = choice.missing;
  if (lost !== undefined) throw packMissing(lost);
  const sources = inIndexOrder(choice.sources, files.inForce);
  const entries = new SourceEntries(index, marks.all, sources);
  const expected = await expectedPacks(sources, entries, dependencies.packTarget, signal);
  return {
    figures: figuresOf(choice, packs, expected),
    carryOut: async (how = {}) => {
      if (lock.mode !== 'exclusive') throw misuse('A prune needs an exclusive lock.');
      await requireKnown(dependencies, staying, how.signal);
      const step = async (): Promise<void> => {
        throwIfAborted(how.signal);
        await lock.verifyHeld();
      };
      const { onPack = () => {}, onCopied = () => {}, signal: running } = how;
      const listed = new ListedPacks({ ...dependencies, step, onPack }, files);
      const repacker = new Repacker({ ...dependencies, index, step, signal: running, onCopied }, entries);
      const work = new Prune(dependencies, listed, repacker, how);
      await work.run(choice, sources);
      const staysBecause = new Set(repacker.lost.map(({ pack }) => pack));
      const notDone = choice.sources.filter(({ pack }) => !work.done.has(pack));
      return {
        packsDeleted: listed.packs,
        bytesDeleted: listed.bytes,
        ...{ packsWritten: work.packsWritten, bytesWritten: work.bytesWritten, shortOf: work.shortOf },
        indexFilesMerged: work.indexFilesMerged,
        remainingBytes: choice.remaining + notDone.reduce((sum, { spare }) => sum + spare, 0),
        damage: await damageOf(repacker.lost, staying, markOptions(dependencies, index, {}).loadTree, running),
        left: notDone.filter(({ pack }) => !staysBecause.has(pack)).length,
      };
    },
  };
}

/** Does what was planned, with as little room as there is. */
class Prune {
  readonly done = new Set<PackId>();
  packsWritten = 0;
  bytesWritten = 0;
  indexFilesMerged = 0;
  shortOf = 0;
  readonly #with: PruneDependencies;
  readonly #listed: ListedPacks;
  readonly #repacker: Repacker;
  readonly #how: CarryOutOptions;

  constructor(dependencies: PruneDependencies, listed: ListedPacks, repacker: Repacker, how: CarryOutOptions) {
    this.#with = dependencies;
    this.#listed = listed;
    this.#repacker = repacker;
    this.#how = how;
  }

  async run({ unused, unlisted }: PackChoice, sources: readonly Source[]): Promise<void> {
    if (unused.size + sources.length > 0) await this.#listed.requireRemoval(unlisted);
    await this.#listed.removeLeftovers(unlisted);
    await withReserve(this.#with.backend, () => this.#listed.replace(unused));
    const largest = batchBytes(this.#with.packTarget);
    let bytes = largest;
    let waiting = sources;
    while (waiting.length > 0 && this.#how.isEnough?.() !== true) {
      const batch = nextBatch(waiting, bytes);
      if (await this.#repack(batch)) {
        waiting = waiting.slice(batch.length);
        bytes = Math.min(largest, bytes * 2);
      } else if (batch.length > 1) {
        // Little by little, what takes least room first: each gives room for the next.
        bytes = Math.floor(batch.reduce((sum, { copied }) => sum + copied, 0) / 4);
        waiting = [...waiting].sort((one, other) => one.copied - other.copied);
      } else if ((await this.#with.backend.releaseReserve?.()) !== true) {
        this.shortOf = (batch[0]?.copied ?? 0) + 64 * 1024;
        return;
      }
    }
    this.indexFilesMerged = await this.#listed.mergeSmall().catch((error: unknown) => {
      // It would only have been tidier.
      if (isStillpointError(error, 'repository-full')) return 0;
      throw error;
    });
  }

  /** Whether there was room. */
  async #repack(batch: readonly Source[]): Promise<boolean> {
    const repacked = await this.#repacker.run(batch).catch((error: unknown) => {
      if (isStillpointError(error, 'repository-full')) return undefined;
      throw error;
    });
    if (repacked === undefined) return false;
    const { done, added, bytesAdded } = repacked;
    const [first] = added;
    try {
      await this.#listed.replace(done, added);
    } catch (error) {
      if (!isStillpointError(error, 'repository-full')) throw error;
      if (first !== undefined && !this.#listed.files.some(({ packs }) => packs.includes(first.id))) {
        await this.#repacker.undo(repacked);
        return false;
      }
      await withReserve(this.#with.backend, () => this.#listed.replace(done));
    }
    this.packsWritten += added.length;
    this.bytesWritten += bytesAdded;
    for (const pack of done) this.done.add(pack);
    return true;
  }
}

/** Packs of one index file together: it is written again once for all of them. What needs no copying comes first. */
function inIndexOrder(sources: readonly Source[], inForce: readonly { readonly packs: readonly PackId[] }[]): Source[] {
  const file = new Map<PackId, number>();
  for (const [at, { packs }] of inForce.entries()) for (const pack of packs) if (!file.has(pack)) file.set(pack, at);
  const rank = ({ pack, copied }: Source): number => (copied === 0 ? -1 : (file.get(pack) ?? 0));
  return [...sources].sort((one, other) => rank(one) - rank(other) || one.number - other.number);
}

function figuresOf(
  choice: PackChoice,
  files: readonly { readonly name: string; readonly size: number }[],
  expected: { readonly packs: number; readonly bytes: number },
): PruneFigures {
  const total = (packs: readonly { readonly size: number }[]): number => packs.reduce((sum, { size }) => sum + size, 0);
  const unused = files.filter(({ name }) => choice.unused.has(name as PackId));
  const present = new Set(files.map(({ name }) => name));
  const there = choice.sources.filter(({ pack }) => present.has(pack));
  const empty = there.filter(({ copied }) => copied === 0);
  const copied = there.filter((source) => source.copied > 0);
  const deleteBytes = total(unused) + total(choice.unlisted) + total(empty);
  return {
    ...{ packs: files.length, bytes: total(files), neededBytes: choice.neededBytes },
    ...{ deletePacks: unused.length + choice.unlisted.length + empty.length, deleteBytes },
    ...{ repackPacks: copied.length, repackBytes: total(copied), newPacks: expected.packs, newBytes: expected.bytes },
    freedBytes: deleteBytes + total(copied) - expected.bytes,
    remainingBytes: choice.remaining,
  };
}

async function requireKnown(
  { listSnapshots }: PruneDependencies,
  staying: readonly Snapshot[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { snapshots, damaged } = await listSnapshots(signal);
  const known = new Set(staying.map(({ id }) => id));
  if (![...snapshots, ...damaged].every(({ id }) => known.has(id)))
    throw misuse('Snapshots are there that the plan does not know.');
}

/** One entry for each pack, with what of the snapshots its lost blobs touch. */
async function damageOf(
  lost: readonly LostBlob[],
  staying: readonly Snapshot[],
  loadTree: Parameters<typeof findAffected>[2],
  signal: AbortSignal | undefined,
): Promise<readonly PackDamage[]> {
  if (lost.length === 0) return [];
  const affected = await findAffected(new Set(lost.map(({ blob }) => blob)), staying, loadTree, signal);
  const byPack = new Map<PackId, { text: string; blobs: BlobId[] }>();
  for (const { pack, blob, why } of lost) {
    const before = byPack.get(pack);
    if (before) before.blobs.push(blob);
    else byPack.set(pack, { text: `Pack ${pack.slice(0, 8)} stays: ${why}`, blobs: [blob] });
  }
  return [...byPack].map(([pack, { text, blobs }]) => {
    const places = new Set(blobs.flatMap((blob) => affected.get(blob) ?? []));
    return { pack, text, affects: [...places].slice(0, 100) };
  });
}
