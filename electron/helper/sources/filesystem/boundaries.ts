import { type BigIntStats, lstatSync, realpathSync } from 'node:fs';
import type { PathNote } from '../../../../shared/domain/evidence.ts';
import type { FilesystemSpec } from '../../../../shared/domain/source.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { type Mount, mountsBelow } from '../../system/mounts.ts';
import type { OwnPlaces } from '../contract.ts';
import type { LeftOutBy } from './excludes/excludes.ts';
import { joinPath, normalPath, pathKey, relativePath, splitLast } from './path-bytes.ts';
import { pathText } from './path-text.ts';

export interface Boundary {
  readonly reason: string;
  /** An empty folder takes its place, so that a restored tree has somewhere to mount on. */
  readonly standsIn: boolean;
}

/** Where a walk of a source ends: known before it begins, by path, so that nothing beyond is touched even by a look. */
export interface Boundaries {
  /** Inside the directory with this path key (relative to the root), by name key. */
  in(directoryKey: string): ReadonlyMap<string, Boundary> | undefined;
  /** True for our own places however they are reached (bind mounts, hardlinks). */
  isOwn(deviceId: bigint, inode: bigint): boolean;
  readonly notes: readonly PathNote[];
}

const ownReason = 'A place of Stillpoint’s own: a repository, catalog, log or scratch folder.';

/**
 * Boundaries of a source whose real directory is `root`. Throws `bad-input` for an exclude that is not below the source,
 * and for a source that lies within one of our own places. Own places are looked up in the name of whoever `files` acts
 * for: he chose their paths, and is not to learn where a link leads that he may not read.
 */
export function boundariesOf(spec: FilesystemSpec, root: Buffer, own: OwnPlaces, files: FileOps): Boundaries {
  const found = new Map<string, { path: Buffer; boundary: Boundary }>();
  const add = (path: Buffer, boundary: Boundary): void => {
    const key = pathKey(path);
    if (!found.has(key)) found.set(key, { path, boundary });
  };
  const ownPaths = own.paths.map((path) => realOwnPath(path, files));
  for (const path of ownPaths) {
    const below = relativePath(root, path);
    if (below !== null && below.length > 0) add(below, { reason: ownReason, standsIn: false });
    else if (relativePath(path, root) !== null) throw insideOwnPlace(spec, path);
  }
  for (const exclude of spec.excludes)
    add(excludedPath(spec, root, exclude), { reason: 'Left out by choice.', standsIn: false });
  for (const mount of mountsBelow(root.toString())) {
    const below = relativePath(root, Buffer.from(mount.mountPoint));
    if (below !== null) add(below, { reason: mountReason(mount), standsIn: isDirectoryMount(mount) });
  }

  const byParent = new Map<string, Map<string, Boundary>>();
  const notes: PathNote[] = [];
  for (const { path, boundary } of found.values()) {
    if (isBelowAnother(path, found)) continue;
    const { parent, name } = splitLast(path);
    const siblings = byParent.get(pathKey(parent)) ?? new Map<string, Boundary>();
    byParent.set(pathKey(parent), siblings.set(pathKey(name), boundary));
    notes.push({ path: pathText(joinPath(root, path)), reason: boundary.reason });
  }
  const ownIds = identitiesOf(ownPaths, files);
  return {
    in: (directoryKey) => byParent.get(directoryKey),
    isOwn: (deviceId, inode) => ownIds.get(inode)?.has(deviceId) === true,
    notes,
  };
}

export function mountReason(mount: Pick<Mount, 'fsType'>): string {
  return `Another filesystem (${mount.fsType}) is mounted here.`;
}

/** A single file can be mounted over too (containers do); what is mounted then has a file as its root. */
function isDirectoryMount(mount: Mount): boolean {
  return !mount.root.startsWith('/') || mount.root === '/' || isDirectoryWithoutAsking(mount.mountPoint);
}

/** Looked at only for bind mounts of this machine's own files; servers and FUSE are never asked. */
function isDirectoryWithoutAsking(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return true;
  }
}

function isBelowAnother(path: Buffer, found: ReadonlyMap<string, unknown>): boolean {
  for (let { parent } = splitLast(path); parent.length > 0; { parent } = splitLast(parent))
    if (found.has(pathKey(parent))) return true;
  return false;
}

function realOwnPath(path: string, files: FileOps): Buffer {
  try {
    return files.run(() => realpathSync.native(path, { encoding: 'buffer' }));
  } catch (error) {
    // Not there yet, or not ours to look up: it is left out by the name it will have.
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return normalPath(path);
    throw error;
  }
}

/** Devices by inode: nearly no entry has the inode of one of them. */
function identitiesOf(paths: readonly Buffer[], files: FileOps): ReadonlyMap<bigint, ReadonlySet<bigint>> {
  const ids = new Map<bigint, Set<bigint>>();
  for (const path of paths) {
    const stat = lookAt(path, files);
    if (stat !== undefined) ids.set(stat.ino, (ids.get(stat.ino) ?? new Set()).add(stat.dev));
  }
  return ids;
}

function lookAt(path: Buffer, files: FileOps): BigIntStats | undefined {
  try {
    return files.lstatIfThere(path);
  } catch (error) {
    if (hasCode(error, 'EACCES')) return undefined;
    throw error;
  }
}

/** The paths a specification leaves out, relative to the root, each with the words it was chosen in. */
export function chosenPaths(spec: FilesystemSpec, root: Buffer): ReadonlyMap<string, LeftOutBy> {
  return new Map(
    spec.excludes.map((value) => [pathKey(excludedPath(spec, root, value)), { kind: 'path', value }] as const),
  );
}

function excludedPath(spec: FilesystemSpec, root: Buffer, exclude: string): Buffer {
  const path = normalPath(exclude);
  const below = relativePath(normalPath(spec.path), path) ?? relativePath(root, path);
  if (below !== null && below.length > 0 && !exclude.split('/').includes('..')) return below;
  throw new StillpointError({
    kind: 'bad-input',
    message: `${exclude} is not inside ${spec.path}, so it cannot be left out of it.`,
    guidance: `Choose a folder or file below ${spec.path}.`,
    field: 'excludes',
    context: { path: exclude },
  });
}

function insideOwnPlace(spec: FilesystemSpec, place: Buffer): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    message: `${spec.path} lies in ${pathText(place)}, where Stillpoint keeps its own data.`,
    guidance: 'Choose another folder. To copy a repository, copy it to another place with the system’s own tools.',
    field: 'path',
    context: { path: spec.path, place: pathText(place) },
  });
}
