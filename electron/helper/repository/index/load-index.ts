import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import type { Documents } from '../documents.ts';
import { damaged } from '../failures.ts';
import { decodeIndexFile, type IndexFile } from '../format/index-file.ts';
import { BlobIndex } from './blob-index.ts';

export interface LoadIndexOptions {
  readonly signal?: AbortSignal | undefined;
  /** Index files read so far. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /** What to do about a file that cannot be read; without it the error ends the loading. */
  readonly onDamage?: ((file: string, error: unknown) => void) | undefined;
}

/** Another program may replace index files while we read; not for ever. */
const maxAttempts = 10;

/** Reads every index file there is. A file that vanishes meanwhile was replaced by another, so the list is read again. */
export async function loadIndex(documents: Documents, options: LoadIndexOptions = {}): Promise<BlobIndex> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const loaded = await loadOnce(documents, options, new Set());
    if (loaded === 'changed') continue;
    const replaced = supersededFiles(loaded.replacements);
    if (replaced.size === 0) return loaded.index;
    const rest = await loadOnce(documents, options, replaced);
    if (rest !== 'changed') return rest.index;
  }
  throw damaged('The index of the repository keeps changing while it is read.');
}

type Replacements = ReadonlyMap<string, readonly string[]>;

async function loadOnce(
  documents: Documents,
  options: LoadIndexOptions,
  leaveOut: ReadonlySet<string>,
): Promise<{ index: BlobIndex; replacements: Replacements } | 'changed'> {
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
  return { index, replacements };
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

/**
 * The files that another file, itself in force, replaces: they may name packs that are gone. Files that only replace
 * each other in a circle all stay in force, so that no entry is lost to a senseless claim.
 */
export function supersededFiles(replacements: Replacements): Set<string> {
  const claimed = new Set([...replacements.values()].flat());
  const inForce = [...replacements.keys()].filter((name) => !claimed.has(name));
  const replaced = new Set<string>();
  for (const name of inForce) {
    const open = [...(replacements.get(name) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (replaced.has(next) || inForce.includes(next)) continue;
      replaced.add(next);
      open.push(...(replacements.get(next) ?? []));
    }
  }
  return new Set([...replaced].filter((name) => replacements.has(name)));
}
