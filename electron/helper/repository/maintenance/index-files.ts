import { Breather } from '../breather.ts';
import type { Documents } from '../documents.ts';
import { damaged } from '../failures.ts';
import type { PackId } from '../format/ids.ts';
import { decodeIndexFile } from '../format/index-file.ts';
import { BlobIndex } from '../index/blob-index.ts';
import { supersededFiles } from '../index/superseded-files.ts';

export interface ListedIndexFile {
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  readonly packs: readonly PackId[];
  /** How many blobs it lists. */
  readonly blobs: number;
}

export interface IndexFiles {
  readonly index: BlobIndex;
  readonly inForce: readonly ListedIndexFile[];
  /** Replaced by one in force, and not removed by whoever replaced it. */
  readonly replaced: readonly ListedIndexFile[];
}

/**
 * The index with the file that each pack is listed in. Any file that cannot be read ends it with `repository-damaged`:
 * packs that only it lists must not be taken for unused. Hold a lock: files must not be replaced meanwhile.
 */
export async function readIndexFiles(documents: Documents, signal: AbortSignal | undefined): Promise<IndexFiles> {
  const breather = new Breather();
  const files = await documents.list('index');
  const load = async (name: string) => {
    await breather.breathe(signal);
    const text = await documents.load('index', name);
    if (text === undefined)
      throw damaged(`The index file ${name.slice(0, 8)} vanished while it was read.`, { index: name });
    return decodeIndexFile(text);
  };
  const listed: ListedIndexFile[] = [];
  const replacements = new Map<string, readonly string[]>();
  for (const { name, size } of files) {
    const { packs, supersedes } = await load(name);
    const blobs = packs.reduce((sum, pack) => sum + pack.blobs.length, 0);
    listed.push({ name, size, packs: packs.map(({ id }) => id), blobs });
    replacements.set(name, supersedes);
  }
  const superseded = supersededFiles(replacements);
  const inForce = listed.filter(({ name }) => !superseded.has(name));
  const index = new BlobIndex();
  // A second reading, so that never more than one file is in memory in full.
  for (const { name } of inForce) for (const { id, blobs } of (await load(name)).packs) index.add(id, blobs);
  return { index, inForce, replaced: listed.filter(({ name }) => superseded.has(name)) };
}
