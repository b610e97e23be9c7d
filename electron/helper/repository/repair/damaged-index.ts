import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import type { Documents } from '../documents.ts';
import { decodeIndexFile } from '../format/index-file.ts';
import { BlobIndex } from '../index/blob-index.ts';
import { supersededFiles } from '../index/superseded-files.ts';

export interface FoundIndex {
  /** What the readable files in force say. */
  readonly index: BlobIndex;
  /** Every file there is. */
  readonly names: readonly string[];
  readonly damaged: readonly { readonly name: string; readonly why: string }[];
  /** Replaced by another one and not removed. */
  readonly replaced: readonly string[];
}

/** The index as far as it can be read. A file of a newer format ends it: nobody replaces what is not understood. */
export async function readWhatIsLeft(documents: Documents, signal: AbortSignal | undefined): Promise<FoundIndex> {
  const breather = new Breather();
  const names = (await documents.list('index')).map(({ name }) => name);
  const damaged: { name: string; why: string }[] = [];
  const replacements = new Map<string, readonly string[]>();
  const load = async (name: string) => {
    await breather.breathe(signal);
    try {
      const text = await documents.load('index', name);
      return text === undefined ? undefined : decodeIndexFile(text);
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      if (!damaged.some((known) => known.name === name)) damaged.push({ name, why: error.message });
      return undefined;
    }
  };
  for (const name of names) {
    const file = await load(name);
    if (file) replacements.set(name, file.supersedes);
  }
  const superseded = supersededFiles(replacements);
  const index = new BlobIndex();
  // A second reading, so that never more than one file is in memory in full.
  for (const name of replacements.keys()) {
    if (superseded.has(name)) continue;
    for (const { id, blobs } of (await load(name))?.packs ?? []) index.add(id, blobs);
  }
  return { index, names, damaged, replaced: [...superseded] };
}
