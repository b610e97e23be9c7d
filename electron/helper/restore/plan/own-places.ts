import { realpathSync } from 'node:fs';

/** Repositories, catalog, logs and scratch: a restore neither replaces nor deletes them, wherever they lie. */
export class OwnPlaces {
  readonly #paths: readonly Buffer[];

  constructor(paths: readonly string[]) {
    this.#paths = paths.map(canonical);
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
function canonical(path: string): Buffer {
  try {
    return realpathSync.native(path, { encoding: 'buffer' });
  } catch {
    return Buffer.from(path);
  }
}
