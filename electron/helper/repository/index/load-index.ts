import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { DocumentMemory, type Documents } from '../documents.ts';
import { damaged } from '../failures.ts';
import { addAll } from './add-index.ts';
import { BlobIndex } from './blob-index.ts';
import { decodeIndex } from './decode-index.ts';
import { LoadedIndex } from './loaded-index.ts';
import { ColumnsMemory, type ParsedIndex } from './parse-index.ts';
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
  const memory = { document: new DocumentMemory(), columns: new ColumnsMemory() };
  const totalSize = files.reduce((sum, { size }) => sum + size, 0);
  let sizeSoFar = 0;
  const waiting: Promise<Loaded>[] = [];
  for (const [done, { name, size }] of files.entries()) {
    options.onProgress?.({ done, total: files.length });
    throwIfAborted(options.signal);
    for (const next of files.slice(done + waiting.length, done + filesAhead))
      waiting.push(loadFile(documents, next.name));
    const file = await parsed(documents, memory, await waiting.shift(), breather, name, options);
    if (file === 'vanished') return 'changed';
    sizeSoFar += size;
    if (file) {
      replacements.set(name, file.supersedes);
      index.reserve(Math.ceil(((index.size + file.blobs.isTree.length) / sizeSoFar) * totalSize * roomAround));
      await addAll(index, file, breather, options.signal);
    }
    await breather.breathe(options.signal);
  }
  options.onProgress?.({ done: files.length, total: files.length });
  return { index, replacements, files: new Map(files.map(({ name, size }) => [name, size])) };
}

/** Index files that are on their way at once: over a network one alone would wait most of the time. */
const filesAhead = 3;
/** Files differ a little in how much one byte of them lists. */
const roomAround = 1.02;

interface Memory {
  readonly document: DocumentMemory;
  readonly columns: ColumnsMemory;
}

type Loaded = { readonly sealed: Buffer | undefined } | { readonly error: unknown };

async function loadFile(documents: Documents, name: string): Promise<Loaded> {
  try {
    return { sealed: await documents.loadSealed('index', name) };
  } catch (error) {
    return { error };
  }
}

async function parsed(
  documents: Documents,
  memory: Memory,
  loaded: Loaded | undefined,
  breather: Breather,
  name: string,
  { signal, onDamage }: LoadIndexOptions,
): Promise<ParsedIndex | 'vanished' | undefined> {
  throwIfAborted(signal);
  try {
    if (loaded === undefined) return 'vanished';
    if ('error' in loaded) throw loaded.error;
    if (loaded.sealed === undefined) return 'vanished';
    const file = documents.open('index', name, loaded.sealed, memory.document);
    return await decodeIndex(file, memory.columns, breather, signal);
  } catch (error) {
    throwIfAborted(signal);
    if (!onDamage) throw error;
    onDamage(name, error);
    return undefined;
  }
}
