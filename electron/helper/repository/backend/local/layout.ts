import { join } from 'node:path';
import { isId } from '../../format/ids.ts';
import type { FileRef, ListedKind } from '../contract.ts';

/** Restic's default layout. Packs are spread over 256 folders named by the first two digits of their id. */
const folders: Readonly<Record<ListedKind, string>> = {
  key: 'keys',
  lock: 'locks',
  snapshot: 'snapshots',
  index: 'index',
  pack: 'data',
};

export function configPath(root: string): string {
  return join(root, 'config');
}

export function kindFolder(root: string, kind: ListedKind): string {
  return join(root, folders[kind]);
}

export function isLayoutFolder(name: string): boolean {
  return Object.values(folders).includes(name);
}

/** The folders that hold files of a kind. */
export function fileFolders(root: string, kind: ListedKind): string[] {
  const folder = kindFolder(root, kind);
  if (kind !== 'pack') return [folder];
  return Array.from({ length: 256 }, (_, index) => join(folder, index.toString(16).padStart(2, '0')));
}

/** Every folder of the layout, parents first. */
export function allFolders(root: string): string[] {
  const kinds = Object.keys(folders) as ListedKind[];
  return [...kinds.map((kind) => kindFolder(root, kind)), ...fileFolders(root, 'pack')];
}

/** A name that is not an id must never become part of a path. */
export function filePath(root: string, file: FileRef): string {
  if (file.kind === 'config') return configPath(root);
  if (!isId(file.name)) throw new RangeError(`not the name of a repository file: ${file.name}`);
  const folder = kindFolder(root, file.kind);
  return file.kind === 'pack' ? join(folder, file.name.slice(0, 2), file.name) : join(folder, file.name);
}

/** As restic names its own: both programs take such a file for what an interrupted save left. */
export function temporaryPath(path: string, random: string): string {
  return `${path}-tmp-${random}`;
}

export function isTemporaryName(name: string): boolean {
  return /^(?:config|[0-9a-f]{64})-tmp-\w+$/.test(name);
}
