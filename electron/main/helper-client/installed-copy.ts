import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** Where the set-up step and the packages put what may run as root. */
export const installedPrefix = '/opt/stillpoint';

/** The one program polkit starts as root; the policy's `exec.path` names it. */
export function launcherOf(prefix: string): string {
  return join(prefix, 'bin/stillpoint-helper');
}

/** What is the matter with a path, the first found; `missing` means there is no installed copy at all. */
export type Distrust =
  | 'missing'
  | 'unreadable'
  | 'not-absolute'
  | 'not-root-owned'
  | 'writable-by-others'
  | 'symlink'
  | 'special-file';

export type Verification =
  | { readonly trusted: true }
  | { readonly trusted: false; readonly path: string; readonly distrust: Distrust };

/** The part of lstat(2) that decides. */
export interface FileFacts {
  readonly uid: number;
  readonly mode: number;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

/** Reads the filesystem; a test hands in its own. Rejections carry an errno `code`. */
export interface FileLookup {
  lstat(path: string): Promise<FileFacts>;
  readdir(path: string): Promise<readonly string[]>;
}

/**
 * Whether nobody but root could have written, or could replace, the program at `path` or anything under it: each
 * component from `/` down, and every file of the tree, belongs to root and is writable by no group and no others.
 * A POSIX ACL that lets someone else write shows as group-writable (its mask). Symbolic links are refused: where they
 * lead could be changed elsewhere. Once this holds it cannot be undone by anyone but root, so there is no race between
 * asking and starting. Never throws for what it finds on disk.
 */
export async function verifyInstalledCopy(path: string, lookup: FileLookup = disk): Promise<Verification> {
  if (!path.startsWith('/') || normalize(path) !== path) return { trusted: false, path, distrust: 'not-absolute' };
  for (const component of componentsOf(path)) {
    const distrust = await judge(component, lookup);
    if (distrust !== undefined) return { trusted: false, path: component, distrust };
  }
  return verifyBelow(path, lookup);
}

async function verifyBelow(folder: string, lookup: FileLookup): Promise<Verification> {
  let names: readonly string[];
  try {
    if (!(await lookup.lstat(folder)).isDirectory()) return { trusted: true };
    names = await lookup.readdir(folder);
  } catch (error) {
    return { trusted: false, path: folder, distrust: distrustOf(error) };
  }
  for (const name of names) {
    const path = join(folder, name);
    const distrust = await judge(path, lookup);
    if (distrust !== undefined) return { trusted: false, path, distrust };
    const below = await verifyBelow(path, lookup);
    if (!below.trusted) return below;
  }
  return { trusted: true };
}

/** `/`, `/opt`, `/opt/stillpoint` for the last of these. */
function componentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...componentsOf(parent), path];
}

async function judge(path: string, lookup: FileLookup): Promise<Distrust | undefined> {
  let facts: FileFacts;
  try {
    facts = await lookup.lstat(path);
  } catch (error) {
    return distrustOf(error);
  }
  if (facts.isSymbolicLink()) return 'symlink';
  if (!facts.isDirectory() && !facts.isFile()) return 'special-file';
  if (facts.uid !== 0) return 'not-root-owned';
  if ((facts.mode & 0o022) !== 0) return 'writable-by-others';
  return undefined;
}

function distrustOf(error: unknown): Distrust {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable';
}

const disk: FileLookup = { lstat: (path) => lstat(path), readdir: (path) => readdir(path) };
