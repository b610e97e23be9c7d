import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import type { Documents } from '../documents.ts';
import { damaged } from '../failures.ts';
import { decodeIndexFile, type IndexFile } from '../format/index-file.ts';
import { BlobIndex } from './blob-index.ts';
import { LoadedIndex } from './loaded-index.ts';
import { type Replacements, supersededFiles } from './superseded-files.ts';

export interface LoadIndexOptions {
  readonly signal?: AbortSignal | undefined;
  /** Index files read so far. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /** What to do about a file that cannot be read; without it the error ends the loading. */
  readonly onDamage?: ((file: string, error: unknown) => void) | undefined;
}

/** Another program may replace index files while we read; not for ever. */
const maxAttempts = 10;

/** What one reading of all files found. */
interface Reading {
  readonly index: BlobIndex;
  /** Length in bytes by name. */
  readonly files: Map<string, number>;
  readonly replacements: Replacements;
}

/** Reads every index file there is. A file that vanishes meanwhile was replaced by another, so the list is read again. */
export async function loadIndex(documents: Documents, options: LoadIndexOptions = {}): Promise<LoadedIndex> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const all = await loadOnce(documents, options, new Set());
    if (all === 'changed') continue;
    const replaced = supersededFiles(all.replacements);
    const inForce = replaced.size === 0 ? all : await loadOnce(documents, options, replaced);
    if (inForce !== 'changed') return new LoadedIndex(inForce.index, all.files, all.replacements);
  }
  throw damaged('The index of the repository keeps changing while it is read.');
}

async function loadOnce(
  documents: Documents,
  options: LoadIndexOptions,
  leaveOut: ReadonlySet<string>,
): Promise<Reading | 'changed'> {
  const files = (await documents.list('index')).filter(({ name }) => !leaveOut.has(name));
  const index = new BlobIndex();
  const replacements = new Map<string, readonly string[]>();
  const breather = new Breather();
  for (const [done, { name }] of files.entries()) {
    options.onProgress?.({ done, total: files.length });
    const file = await loadFile(documents, name, options);
    if (file === 'vanished') return 'changed';
    if (file) {
      replacements.set(name, file.supersedes);
      for (const pack of file.packs) index.add(pack.id, pack.blobs);
    }
    await breather.breathe(options.signal);
  }
  options.onProgress?.({ done: files.length, total: files.length });
  return { index, replacements, files: new Map(files.map(({ name, size }) => [name, size])) };
}

async function loadFile(
  documents: Documents,
  name: string,
  { signal, onDamage }: LoadIndexOptions,
): Promise<IndexFile | 'vanished' | undefined> {
  throwIfAborted(signal);
  try {
    const text = await documents.load('index', name);
    return text === undefined ? 'vanished' : decodeIndexFile(text);
  } catch (error) {
    if (!onDamage) throw error;
    onDamage(name, error);
    return undefined;
  }
}
