import { isStillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Backend, ListedFile } from '../backend/contract.ts';
import { sha256 } from '../crypto/hash.ts';
import { type Sealer, sealOverhead } from '../crypto/sealer.ts';
import type { Documents } from '../documents.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { encodeIndexFile, type IndexedPack } from '../format/index-file.ts';
import { headerLengthField } from '../format/pack-header.ts';
import type { LoadedIndex } from '../index/loaded-index.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { readPackHeader } from '../pack/read-header.ts';
import { readTail } from '../pack/read-tail.ts';

/** An index file lists so many packs at most: a crash while many are read again loses little. */
const packsPerIndex = 32;
/** The shortest pack: one sealed blob of nothing and a header of one entry. */
const shortestPack = 2 * sealOverhead + headerLengthField + 37;
/** Longer ones are none of ours; to be read whole they would have to fit into memory. */
const longestPack = 256 * 1024 * 1024;
/** The end of a longer pack that is read first, to see what is in it: a header of some thousand blobs. */
const endLength = 256 * 1024;

export interface AdoptDependencies {
  readonly backend: Backend;
  readonly documents: Documents;
  readonly sealer: Sealer;
  /** Read under `lock`; what is adopted is added to it. */
  readonly index: LoadedIndex;
  readonly lock: Pick<HeldLock, 'assertHeld' | 'verifyHeld'>;
  /** Whether somebody else uses the repository now. Asked only when there is something to adopt. */
  readonly hasOthers: () => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

export interface Adopted {
  readonly packs: number;
  /** Bytes that need not be stored again. */
  readonly bytes: number;
  /** Others are at work: what they have not listed yet is theirs, and was not looked at. */
  readonly isWaiting: boolean;
}

/** Lists what interrupted runs left whole. What is already listed when it is cancelled stays so. */
export async function adoptPacks(dependencies: AdoptDependencies): Promise<Adopted> {
  const { backend, index, hasOthers, signal } = dependencies;
  const unlisted = await unlistedPacks(backend, index, signal);
  const adopted = { packs: 0, bytes: 0, isWaiting: false };
  if (unlisted.length === 0) return adopted;
  if (await hasOthers()) return { ...adopted, isWaiting: true };
  let waiting: IndexedPack[] = [];
  const list = async (): Promise<void> => {
    if (waiting.length > 0) await listInIndex(dependencies, waiting);
    adopted.packs += waiting.length;
    waiting = [];
  };
  try {
    for (const file of unlisted) {
      throwIfAborted(signal);
      const blobs = await wholeAndNeeded(dependencies, file);
      if (blobs === undefined) continue;
      waiting.push({ id: file.name as PackId, blobs });
      adopted.bytes += file.size;
      if (waiting.length >= packsPerIndex) await list();
    }
  } finally {
    await list();
  }
  return adopted;
}

async function unlistedPacks(
  backend: Backend,
  index: LoadedIndex,
  signal: AbortSignal | undefined,
): Promise<readonly ListedFile[]> {
  const isListed = (name: string): boolean => index.blobs.hasPack(name as PackId);
  const files = await backend.list('pack', { signal, besides: isListed });
  return files.filter(({ name, size }) => size >= shortestPack && size <= longestPack && !isListed(name));
}

/** Its blobs when every byte is what the name says and at least one of them is not listed yet; the end is looked at first. */
async function wholeAndNeeded(dependencies: AdoptDependencies, file: ListedFile): Promise<PackedBlob[] | undefined> {
  const { backend, sealer, index, signal } = dependencies;
  const { name, size } = file;
  const isNeeded = (blobs: readonly PackedBlob[]) => blobs.some(({ type, id }) => !index.blobs.has(type, id));
  try {
    if (size > endLength && !isNeeded(await readTail(backend, sealer, file, signal, endLength))) return undefined;
    const bytes = await backend.load({ kind: 'pack', name }, undefined, { signal });
    if (bytes === undefined || bytes.length !== size || sha256(bytes) !== name) return undefined;
    const blobs = readPackHeader(sealer, bytes);
    return isNeeded(blobs) ? blobs : undefined;
  } catch (error) {
    if (isStillpointError(error, 'repository-damaged')) return undefined;
    throw error;
  }
}

async function listInIndex(
  { documents, index, lock }: AdoptDependencies,
  packs: readonly IndexedPack[],
): Promise<void> {
  await lock.verifyHeld();
  const { name, size } = await documents.saveListed('index', encodeIndexFile({ supersedes: [], packs: [...packs] }));
  index.wrote(name, size);
  for (const { id, blobs } of packs) index.blobs.add(id, blobs);
}
