import type { Documents } from '../documents.ts';
import { damaged } from '../failures.ts';
import { encodeIndexFile, type IndexedPack } from '../format/index-file.ts';
import type { BlobIndex } from '../index/blob-index.ts';

/** Blobs in one index file: about 8 MiB of text. */
const blobsPerFile = 50_000;

export interface Replacement {
  readonly documents: Documents;
  readonly index: BlobIndex;
  /** Names of the files that go. */
  readonly old: readonly string[];
  /** Before every change: the lock is held and nobody has cancelled. */
  readonly step: () => Promise<void>;
  readonly onFile: () => void;
}

/**
 * Writes the index anew and then removes the old files. The last of the new ones says that it replaces the old: when it
 * is durable all of the new ones are, and until then the old ones count as before, the new ones beside them. So a kill at
 * any instant leaves either what was there, with more listed than before, or what was to be.
 */
export async function replaceIndex({ documents, index, old, step, onFile }: Replacement): Promise<void> {
  const written: string[] = [];
  const save = async (packs: readonly IndexedPack[], supersedes: readonly string[]): Promise<void> => {
    await step();
    written.push(await documents.save('index', encodeIndexFile({ supersedes, packs })));
    onFile();
  };
  let waiting: IndexedPack[] = [];
  let blobs = 0;
  for (const pack of index.packs()) {
    if (waiting.length > 0 && blobs + pack.blobs.length > blobsPerFile) {
      await save(waiting, []);
      waiting = [];
      blobs = 0;
    }
    waiting.push(pack);
    blobs += pack.blobs.length;
  }
  if (waiting.length > 0) {
    // Before the old ones are replaced, what was written so far must be there to be read.
    await readBack(documents, written);
    await save(waiting, old);
    await readBack(documents, written.slice(-1));
  }
  for (const name of old) {
    await step();
    await documents.remove('index', name);
    onFile();
  }
}

/** `repository-damaged` where the place does not give back what it was given. */
async function readBack(documents: Documents, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if ((await documents.load('index', name)) !== undefined) continue;
    throw damaged(`The index file ${name.slice(0, 8)}, just written, is not there.`, { index: name });
  }
}
