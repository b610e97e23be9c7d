import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { ListedFile } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { sha256 } from '../crypto/hash.ts';
import { damaged as damagedError, misuse } from '../failures.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { BlobIndex } from '../index/blob-index.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { PackAssembler, packTarget } from '../pack/pack-assembler.ts';
import type { CarryOutOptions, RepairDependencies, RepairOptions } from './contract.ts';
import { readWhatIsLeft } from './damaged-index.ts';
import { findLosses, type Losses } from './lost.ts';
import { packInFull } from './read-pack.ts';
import { replaceIndex } from './replace-index.ts';

export interface PackRepairOptions extends RepairOptions {
  /** Packs known to be damaged; without them every pack is read in full to find out. */
  readonly packs?: readonly string[] | undefined;
  /** Length at which a new pack is written, in bytes. */
  readonly packTarget?: number | undefined;
}

export interface SalvagedPack {
  readonly pack: PackId;
  readonly why: string;
  /** Blobs of it that open and are in no pack that was read and found whole: they are written again. */
  readonly saved: number;
  /** Blobs of it that do not open and are nowhere else. */
  readonly gone: number;
}

/** Which packs are damaged, and what of them can be saved. Nothing is changed before `carryOut`. */
export interface PackRepair {
  readonly packsRead: number;
  readonly damaged: readonly SalvagedPack[];
  /** What snapshots need and is nowhere once the damaged packs are gone. */
  readonly lost: Losses;
  /** Under an exclusive lock, the one that was held when it was found out. */
  carryOut(lock: HeldLock, options?: CarryOutOptions): Promise<void>;
}

interface Salvage {
  readonly file: ListedFile;
  readonly why: string;
  /** SHA-256 of the damaged bytes: what is deleted later is what was looked at. */
  readonly digest: string;
  readonly good: readonly PackedBlob[];
  readonly bad: readonly PackedBlob[];
}

/**
 * Finds damaged packs and what of them opens. Carried out: the good blobs are durable in new packs, then an index without
 * the damaged ones is durable, then the old index goes, then the damaged packs. A pack is deleted only when a second
 * reading gives the same damaged bytes: else the line or the memory is at fault, not what is stored.
 */
export async function planPackRepair(
  dependencies: RepairDependencies,
  lock: HeldLock,
  options: PackRepairOptions = {},
): Promise<PackRepair> {
  lock.assertHeld();
  const { signal, onProgress } = options;
  const { snapshots } = await dependencies.listSnapshots(signal);
  const before = await readWhatIsLeft(dependencies.documents, signal);
  const [unread] = before.damaged;
  if (unread !== undefined)
    throw damagedError(`${unread.why} Repair the index first: packs that only it lists would be left out.`, {
      index: unread.name,
    });
  const { salvages, whole } = await findDamaged(dependencies, before.index, options);
  const going = new Set(salvages.map(({ file }) => file.name));
  const staying = new BlobIndex();
  // A copy in a pack that is not there, or that nobody looked into, is no reason to let go of one that opens.
  const sure = new BlobIndex();
  for (const { id, blobs } of before.index.packs()) {
    if (!going.has(id)) staying.add(id, blobs);
    if (whole.has(id)) sure.add(id, blobs);
  }
  const needed = salvages.map((salvage) => ({
    ...salvage,
    good: salvage.good.filter(({ type, id }) => !sure.has(type, id)),
  }));
  const saved = new Set(needed.flatMap(({ good }) => good.map(keyOf)));
  const afterwards = withSaved(before.index, going, needed);
  const lost = await findLosses(dependencies, afterwards, snapshots, {
    signal,
    onSnapshot: (done, total) => onProgress?.({ phase: 'snapshots', done, total }),
  });
  return {
    packsRead: options.packs?.length ?? (await dependencies.backend.list('pack')).length,
    damaged: needed.map(({ file, why, good, bad }) => ({
      pack: file.name as PackId,
      why,
      saved: good.length,
      gone: bad.filter((blob) => !staying.has(blob.type, blob.id) && !saved.has(keyOf(blob))).length,
    })),
    lost,
    carryOut: async (held, { signal: cancel, onProgress: tell } = {}) => {
      if (held.mode !== 'exclusive' || held.sequence !== lock.sequence)
        throw misuse('Packs are replaced under the exclusive lock under which they were looked at.');
      if (salvages.length === 0) return;
      const step = async (): Promise<void> => {
        throwIfAborted(cancel);
        await held.verifyHeld();
      };
      await saveAgain(dependencies, needed, staying, step, options.packTarget ?? packTarget);
      await replaceIndex({
        documents: dependencies.documents,
        index: staying,
        old: before.names,
        step,
        onFile: () => {},
      });
      for (const [done, salvage] of salvages.entries()) {
        tell?.({ phase: 'packs', done, total: salvages.length });
        await step();
        await removeIfStillDamaged(dependencies, salvage);
      }
      tell?.({ phase: 'packs', done: salvages.length, total: salvages.length });
    },
  };
}

async function findDamaged(
  { backend, sealer }: RepairDependencies,
  index: BlobIndex,
  { signal, packs, onProgress }: PackRepairOptions,
): Promise<{ readonly salvages: readonly Salvage[]; readonly whole: ReadonlySet<string> }> {
  const files = new Map((await backend.list('pack', { signal })).map((file) => [file.name, file]));
  const wanted = packs === undefined ? undefined : new Set<string>(packs);
  const total = wanted?.size ?? files.size;
  const found: Salvage[] = [];
  const whole = new Set<string>();
  let done = 0;
  const look = async (file: ListedFile, listed: readonly PackedBlob[]): Promise<void> => {
    throwIfAborted(signal);
    onProgress?.({ phase: 'packs', done, total });
    const read = { backend, sealer, signal };
    const first = await packInFull(read, file, listed);
    done += 1;
    if (first.damage === '') {
      whole.add(file.name);
      return;
    }
    // Memory, a cable or the line may have erred: what a second reading finds is what counts.
    const digest = await digestOf(backend, file.name);
    const { blobs, damage, unreadable } = await packInFull(read, file, listed);
    if (damage === '') whole.add(file.name);
    else found.push({ file, why: damage, digest: digest ?? '', good: blobs, bad: unreadable });
  };
  for (const { id, blobs } of index.packs()) {
    const file = files.get(id);
    files.delete(id);
    if (file !== undefined && (wanted?.has(id) ?? true)) await look(file, blobs);
  }
  // What no index lists is nobody's: an interrupted run left it, unless it was named.
  for (const file of files.values()) if (wanted?.has(file.name)) await look(file, []);
  onProgress?.({ phase: 'packs', done: total, total });
  return { salvages: found, whole };
}

/** What can be read afterwards, at the places where it is now. */
function withSaved(before: BlobIndex, going: ReadonlySet<string>, salvages: readonly Salvage[]): BlobIndex {
  const index = new BlobIndex();
  for (const { id, blobs } of before.packs()) if (!going.has(id)) index.add(id, blobs);
  for (const { file, good } of salvages) index.add(file.name as PackId, good);
  return index;
}

/** The good blobs in new packs, sealed again as they are stored: compressed ones stay as they were compressed. */
async function saveAgain(
  { backend, sealer }: RepairDependencies,
  salvages: readonly Salvage[],
  index: BlobIndex,
  step: () => Promise<void>,
  target: number,
): Promise<void> {
  const assemblers = {
    data: new PackAssembler(sealer, 'data', target),
    tree: new PackAssembler(sealer, 'tree', target),
  };
  const breather = new Breather();
  const finish = async (assembler: PackAssembler): Promise<void> => {
    if (assembler.isEmpty) return;
    const { id, bytes, blobs } = assembler.finish();
    await step();
    await backend.save({ kind: 'pack', name: id }, bytes);
    if ((await digestOf(backend, id)) !== id)
      throw damagedError(
        `What was written to ${backend.location} does not read back the same (pack ${id.slice(0, 8)}).`,
        {
          pack: id,
        },
      );
    index.add(id, blobs);
  };
  const taken = new Set<string>();
  for (const { file, good } of salvages) {
    const bytes = good.length === 0 ? undefined : await backend.load({ kind: 'pack', name: file.name });
    for (const blob of good) {
      await breather.breathe();
      if (taken.has(keyOf(blob))) continue;
      taken.add(keyOf(blob));
      const stored = bytes && sealer.open(bytes.subarray(blob.offset, blob.offset + blob.length));
      if (stored === undefined)
        throw damagedError(`Pack ${file.name.slice(0, 8)} does not read twice the same: nothing was deleted.`, {
          pack: file.name,
        });
      assemblers[blob.type].add(blob.id, stored, blob.uncompressedLength);
      if (assemblers[blob.type].isFull) await finish(assemblers[blob.type]);
    }
  }
  await finish(assemblers.data);
  await finish(assemblers.tree);
}

async function removeIfStillDamaged({ backend }: RepairDependencies, { file, digest }: Salvage): Promise<void> {
  const now = await digestOf(backend, file.name);
  if (now === digest && now !== file.name) await backend.remove({ kind: 'pack', name: file.name });
}

async function digestOf(backend: RepairDependencies['backend'], name: string): Promise<string | undefined> {
  if (backend.digest !== undefined) return backend.digest({ kind: 'pack', name });
  const bytes = await backend.load({ kind: 'pack', name });
  return bytes === undefined ? undefined : sha256(bytes);
}

function keyOf({ type, id }: PackedBlob): string {
  return `${type}/${id}`;
}
