import { isStillpointError, StillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { Documents } from '../documents.ts';
import { damaged } from '../failures.ts';
import type { PackId } from '../format/ids.ts';
import { decodeIndexFile, encodeIndexFile, type IndexedPack } from '../format/index-file.ts';
import type { IndexFiles, ListedIndexFile } from './index-files.ts';

export interface ListedPacksDependencies {
  readonly backend: Backend;
  readonly documents: Documents;
  /** Before every change: throws when it must not be made. */
  readonly step: () => Promise<void>;
  readonly onPack: (bytes: number) => void;
}

/** An index file may take in others up to so many blobs, about 8 MiB of JSON. */
const blobsPerIndex = 50_000;
/** So many small ones are worth writing again as one. */
const manyFiles = 8;

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
 * The index files in force, and the way packs leave them. A crash at any instant leaves a whole repository: no index file
 * ever names a pack that was deleted, and none goes before what it listed and stays is in another that is durable. A pack
 * goes when no index file lists it any more; until then it is there, and afterwards, if that is interrupted, it is a file
 * that readers ignore and the next one removes. What needs no space comes first, then the smallest new files, so that it
 * works on a disk that is full.
 */
export class ListedPacks {
  /** Packs deleted, and their length. */
  packs = 0;
  bytes = 0;
  readonly #with: ListedPacksDependencies;
  readonly #replaced: readonly ListedIndexFile[];
  readonly #files: Map<string, ListedIndexFile>;

  constructor(dependencies: ListedPacksDependencies, files: Pick<IndexFiles, 'inForce' | 'replaced'>) {
    this.#with = dependencies;
    this.#replaced = files.replaced;
    this.#files = new Map(files.inForce.map((file) => [file.name, file]));
  }

  /** Index files in force, in the order they were read. */
  get files(): readonly ListedIndexFile[] {
    return [...this.#files.values()];
  }

  /**
   * Before anything is written: `not-permitted` where nothing may be deleted. A disk is asked by the first deletion; a
   * server by deleting an index file that lists nothing, unless there is something to delete first anyway.
   */
  async requireRemoval(unlisted: readonly { readonly name: string }[]): Promise<void> {
    const { backend, documents, step } = this.#with;
    if (backend.releaseReserve !== undefined || unlisted.length + this.#replaced.length > 0) return;
    await step();
    const name = await documents
      .save('index', encodeIndexFile({ supersedes: [], packs: [] }))
      .catch((error: unknown) => {
        if (isStillpointError(error, 'repository-full')) return undefined;
        throw error;
      });
    if (name !== undefined) await documents.remove('index', name);
  }

  /** Index files that others replaced, and packs that no index lists. */
  async removeLeftovers(unlisted: readonly { readonly name: string }[]): Promise<void> {
    for (const { name } of this.#replaced) await this.#removeIndex(name);
    for (const { name } of unlisted) await this.removePack(name as PackId);
  }

  /**
   * Takes packs out of every index file, lists `added` instead, which are durable, and deletes each pack when the last
   * file that listed it is gone.
   */
  async replace(going: ReadonlySet<PackId>, added: readonly IndexedPack[] = []): Promise<void> {
    const listings = new Map<PackId, number>();
    for (const { packs } of this.#files.values())
      for (const pack of new Set(packs)) if (going.has(pack)) listings.set(pack, (listings.get(pack) ?? 0) + 1);
    const unlist = async ({ packs }: ListedIndexFile): Promise<void> => {
      for (const pack of new Set(packs)) {
        const left = listings.get(pack);
        if (left === undefined) continue;
        listings.set(pack, left - 1);
        if (left === 1) await this.removePack(pack);
      }
    };
    const touched = this.files.filter(({ packs }) => packs.some((pack) => going.has(pack)));
    const isAll = ({ packs }: ListedIndexFile): boolean => packs.every((pack) => going.has(pack));
    const bySize = touched.sort((one, other) => one.size - other.size);
    let rest = added;
    if (added.length > 0 && bySize.every(isAll)) {
      await this.#write([], added);
      rest = [];
    }
    const wholly = rest.length > 0 ? [] : bySize.filter(isAll);
    for (const file of wholly) {
      await this.#removeIndex(file.name);
      await unlist(file);
    }
    for (const file of bySize.filter((each) => !wholly.includes(each))) {
      const staying = (await this.#load(file)).filter(({ id }) => !going.has(id));
      if (staying.length + rest.length > 0) await this.#write([file], [...staying, ...rest]);
      rest = [];
      await this.#removeIndex(file.name);
      await unlist(file);
    }
  }

  /** Every backup leaves an index file of its own: many small ones become few. How many went. */
  async mergeSmall(): Promise<number> {
    const small = this.files
      .filter(({ blobs }) => blobs < blobsPerIndex / 4)
      .sort((one, other) => one.blobs - other.blobs);
    if (small.length < manyFiles) return 0;
    let gone = 0;
    for (let at = 0; at < small.length; ) {
      const group: ListedIndexFile[] = [];
      for (let blobs = 0; at < small.length; at += 1) {
        const next = small[at];
        if (next === undefined || (group.length > 0 && blobs + next.blobs > blobsPerIndex)) break;
        blobs += next.blobs;
        group.push(next);
      }
      if (group.length < 2) break;
      const packs = new Map<PackId, IndexedPack>();
      for (const file of group) for (const pack of await this.#load(file)) packs.set(pack.id, joined(packs, pack));
      await this.#write(group, [...packs.values()]);
      for (const { name } of group) await this.#removeIndex(name);
      gone += group.length - 1;
    }
    return gone;
  }

  async removePack(name: PackId): Promise<void> {
    const { backend, step, onPack } = this.#with;
    await step();
    const size = (await backend.stat({ kind: 'pack', name })) ?? 0;
    if (!(await backend.remove({ kind: 'pack', name }))) return;
    this.packs += 1;
    this.bytes += size;
    onPack(size);
  }

  async #load({ name }: ListedIndexFile): Promise<readonly IndexedPack[]> {
    const { documents, step } = this.#with;
    await step();
    const text = await documents.load('index', name);
    if (text === undefined)
      throw damaged(`The index file ${name.slice(0, 8)} vanished while it was in use.`, { index: name });
    return decodeIndexFile(text).packs;
  }

  /** Durable beside those that it replaces. */
  async #write(replaced: readonly ListedIndexFile[], packs: readonly IndexedPack[]): Promise<void> {
    const { documents, step } = this.#with;
    const text = encodeIndexFile({ supersedes: replaced.map(({ name }) => name), packs });
    await step();
    try {
      const { name, size } = await documents.saveListed('index', text);
      // What it replaces goes: it must be there to be read.
      if ((await documents.load('index', name)) === undefined)
        throw damaged(`The index file ${name.slice(0, 8)}, just written, is not there.`, { index: name });
      const blobs = packs.reduce((sum, pack) => sum + pack.blobs.length, 0);
      this.#files.set(name, { name, size, packs: packs.map(({ id }) => id), blobs });
    } catch (error) {
      const needed = replaced.reduce((sum, { size }) => sum + size, 0);
      throw isStillpointError(error, 'repository-full') ? noRoom(error, needed, this.packs) : error;
    }
  }

  async #removeIndex(name: string): Promise<void> {
    await this.#with.step();
    await this.#with.documents.remove('index', name);
    this.#files.delete(name);
  }
}

/** Two files may each list a part of a pack. */
function joined(packs: ReadonlyMap<PackId, IndexedPack>, pack: IndexedPack): IndexedPack {
  const before = packs.get(pack.id);
  if (before === undefined) return pack;
  const known = new Set(before.blobs.map(({ offset }) => offset));
  return { id: pack.id, blobs: [...before.blobs, ...pack.blobs.filter(({ offset }) => !known.has(offset))] };
}
