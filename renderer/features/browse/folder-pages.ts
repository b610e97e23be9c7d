import type { TreeEntry } from '../../../shared/domain/snapshot.ts';

/** The contract's largest page; a folder of 100,000 entries is fifty of them, read as they are scrolled to. */
export const pageSize = 2_000;

/** A folder known in parts. */
export interface FolderPages {
  readonly total: number | null;
  readonly pages: ReadonlyMap<number, readonly TreeEntry[]>;
}

export const noPages: FolderPages = { total: null, pages: new Map() };

export function withPage(folder: FolderPages, page: number, entries: readonly TreeEntry[], total: number): FolderPages {
  return { total, pages: new Map(folder.pages).set(page, entries) };
}

export function entryAt(folder: FolderPages, index: number): TreeEntry | undefined {
  return folder.pages.get(Math.floor(index / pageSize))?.[index % pageSize];
}

export function isComplete(folder: FolderPages): boolean {
  return folder.total !== null && folder.pages.size >= Math.max(1, Math.ceil(folder.total / pageSize));
}

/** The pages that hold these rows and are not here, in order. */
export function missingPages(folder: FolderPages, from: number, to: number): readonly number[] {
  const last = folder.total === null ? 0 : Math.max(0, Math.ceil(folder.total / pageSize) - 1);
  const missing: number[] = [];
  const end = Math.min(last, Math.floor(to / pageSize));
  for (let page = Math.max(0, Math.floor(from / pageSize)); page <= end; page += 1) {
    if (!folder.pages.has(page)) missing.push(page);
  }
  return missing;
}

/** Every entry of a complete folder, in stored order. */
export function allEntries(folder: FolderPages): readonly TreeEntry[] {
  return [...folder.pages.entries()].sort(([a], [b]) => a - b).flatMap(([, entries]) => entries);
}

export function readCount(folder: FolderPages): number {
  let count = 0;
  for (const entries of folder.pages.values()) count += entries.length;
  return count;
}
