import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { ListedFile } from '../backend/contract.ts';
import { misuse } from '../failures.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { BlobIndex } from '../index/blob-index.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import type { CarryOutOptions, RepairDependencies, RepairOptions } from './contract.ts';
import { readWhatIsLeft } from './damaged-index.ts';
import { findLosses, type Losses } from './lost.ts';
import { type PackContent, type PackReading, packByHeader, packInFull } from './read-pack.ts';
import { replaceIndex } from './replace-index.ts';

export interface IndexRepairOptions extends RepairOptions {
  /** Also read every byte of every pack; what does not open is not listed then. */
  readonly readAll?: boolean | undefined;
}

export interface DamagedPack {
  readonly pack: PackId;
  readonly why: string;
  /** Blobs of it that open and stay listed. */
  readonly kept: number;
  /** Blobs that were listed and do not open. */
  readonly left: number;
}

/** What is wrong with the index, and what the new one is. Nothing is changed before `carryOut`. */
export interface IndexRepair {
  /** False when the index says what the packs hold: then nothing is to be done. */
  readonly isNeeded: boolean;
  readonly packs: number;
  readonly blobs: number;
  readonly damagedFiles: readonly { readonly name: string; readonly why: string }[];
  /** Packs that no index listed. */
  readonly added: readonly PackId[];
  /** Packs of which the index said something else than their header. */
  readonly corrected: readonly PackId[];
  /** Packs that the index lists and that are not there. */
  readonly missing: readonly PackId[];
  readonly damaged: readonly DamagedPack[];
  /** What snapshots need and is nowhere. */
  readonly lost: Losses;
  /** Under an exclusive lock, the one that was held when it was found out. */
  carryOut(lock: HeldLock, options?: CarryOutOptions): Promise<void>;
}

/** Packs asked for at a time: each is one short read, and a line takes its time for each. */
const packsAtOnce = 8;

/**
 * What the index must be by the headers of all packs that are there. A pack whose header cannot be read is named; of what
 * the old index listed in it the blobs that open stay listed. Hold a lock throughout; an exclusive one to carry it out.
 */
export async function planIndexRepair(
  dependencies: RepairDependencies,
  lock: HeldLock,
  options: IndexRepairOptions = {},
): Promise<IndexRepair> {
  lock.assertHeld();
  const { backend, documents, listSnapshots } = dependencies;
  const { signal } = options;
  const { snapshots } = await listSnapshots(signal);
  const before = await readWhatIsLeft(documents, signal);
  const found = new Findings();
  const files = await backend.list('pack', { signal });
  await lookAtPacks(dependencies, files, before.index, found, options);
  const lost = await findLosses(dependencies, found.index, snapshots, {
    signal,
    onSnapshot: (done, total) => options.onProgress?.({ phase: 'snapshots', done, total }),
  });
  const { index, added, corrected, missing, damaged } = found;
  const isWrong = [added, corrected, missing, before.damaged, before.replaced].some(({ length }) => length > 0);
  return {
    isNeeded: isWrong,
    packs: index.packCount,
    blobs: index.size,
    damagedFiles: before.damaged,
    ...{ added, corrected, missing, damaged, lost },
    carryOut: async (held, { signal: cancel, onProgress } = {}) => {
      if (held.mode !== 'exclusive' || held.sequence !== lock.sequence)
        throw misuse('An index is replaced under the exclusive lock under which the packs were looked at.');
      let done = 0;
      const total = before.names.length + Math.ceil(index.size / 50_000);
      if (!isWrong) return;
      await replaceIndex({
        documents,
        index,
        old: before.names,
        step: async () => {
          throwIfAborted(cancel);
          await held.verifyHeld();
        },
        onFile: () => {
          done += 1;
          onProgress?.({ phase: 'index', done: Math.min(done, total), total });
        },
      });
    },
  };
}

class Findings {
  readonly index = new BlobIndex();
  readonly added: PackId[] = [];
  readonly corrected: PackId[] = [];
  readonly missing: PackId[] = [];
  readonly damaged: DamagedPack[] = [];

  take(pack: PackId, listed: readonly PackedBlob[] | undefined, { blobs, damage, unreadable }: PackContent): void {
    if (blobs.length > 0) this.index.add(pack, blobs);
    if (damage !== '') this.damaged.push({ pack, why: damage, kept: blobs.length, left: unreadable.length });
    if (listed === undefined) {
      if (blobs.length > 0) this.added.push(pack);
    } else if (!isSame(listed, blobs)) this.corrected.push(pack);
  }
}

async function lookAtPacks(
  { backend, sealer }: RepairDependencies,
  files: readonly ListedFile[],
  before: BlobIndex,
  found: Findings,
  { signal, readAll, onProgress }: IndexRepairOptions,
): Promise<void> {
  const left = new Map(files.map((file) => [file.name, file]));
  // A header tells who wrote a pack, not that it came through whole: one that no index lists is believed when all of it has
  // the hash that is its name, as when a run takes it up again.
  const look = (reading: PackReading, file: ListedFile, listed: readonly PackedBlob[] | undefined) =>
    readAll || listed === undefined ? packInFull(reading, file, listed ?? []) : packByHeader(reading, file, listed);
  let done = 0;
  const lookAt = async (batch: readonly { file: ListedFile; listed?: readonly PackedBlob[] }[]): Promise<void> => {
    throwIfAborted(signal);
    const contents = await Promise.all(
      batch.map(({ file, listed }) => look({ backend, sealer, signal }, file, listed)),
    );
    for (const [at, { file, listed }] of batch.entries()) {
      const content = contents[at];
      if (content) found.take(file.name as PackId, listed, content);
    }
    done += batch.length;
    onProgress?.({ phase: 'packs', done, total: files.length });
  };
  const atOnce = readAll ? 2 : packsAtOnce;
  let batch: { file: ListedFile; listed?: readonly PackedBlob[] }[] = [];
  const add = async (file: ListedFile, listed?: readonly PackedBlob[]): Promise<void> => {
    batch.push(listed === undefined ? { file } : { file, listed });
    if (batch.length < atOnce) return;
    await lookAt(batch);
    batch = [];
  };
  for (const { id, blobs } of before.packs()) {
    const file = left.get(id);
    left.delete(id);
    if (file) await add(file, blobs);
    else found.missing.push(id);
  }
  if (batch.length > 0) await lookAt(batch);
  for (const file of left.values()) await lookAt([{ file }]);
}

/** Whether both list the same blobs at the same places, in whatever order. */
function isSame(listed: readonly PackedBlob[], held: readonly PackedBlob[]): boolean {
  if (listed.length !== held.length) return false;
  const sorted = [...held].sort((one, other) => one.offset - other.offset);
  return sorted.every((blob, at) => {
    const other = listed[at];
    return (
      other?.id === blob.id &&
      other.type === blob.type &&
      other.offset === blob.offset &&
      other.length === blob.length &&
      other.uncompressedLength === blob.uncompressedLength
    );
  });
}
