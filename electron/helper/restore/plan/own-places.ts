import { realpathSync } from 'node:fs';
import type { FileOps } from '../../system/file-ops.ts';

/** Repositories, catalog, logs and scratch: a restore neither replaces nor deletes them, wherever they lie. */
export class OwnPlaces {
  readonly #paths: readonly Buffer[];

  /** Looked up through `ops`: whoever registers a path is not to learn where a link leads that he may not read. */
  constructor(paths: readonly string[], ops: FileOps) {
    this.#paths = paths.map((path) => canonical(path, ops));
  }

  /** The path is one of them or lies in one. */
  isInside(path: Buffer): boolean {
    return this.#paths.some((own) => isAtOrBelow(path, own));
  }

  /** Replacing or deleting the path would take one of them along. */
  touches(path: Buffer): boolean {
    return this.#paths.some((own) => isAtOrBelow(path, own) || isAtOrBelow(own, path));
  }
}

function isAtOrBelow(path: Buffer, directory: Buffer): boolean {
  if (directory.length === 1) return true;
  if (!path.subarray(0, directory.length).equals(directory)) return false;
  return path.length === directory.length || path[directory.length] === 0x2f;
}

/** Plans speak of canonical paths. One that is not there (an unplugged disk) is taken as it is written. */
function canonical(path: string, ops: FileOps): Buffer {
  try {
    return ops.run(() => realpathSync.native(path, { encoding: 'buffer' }));
  } catch {
    return Buffer.from(path);
  }
}
