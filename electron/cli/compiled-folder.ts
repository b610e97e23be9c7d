import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

const writableByOthers = 0o022;
const sticky = 0o1000;

/**
 * Where code that was compiled is kept between commands; null where nothing is kept. What lies there is run: it is used only
 * where nobody but us and root can put anything, on the whole way to it. Root that was given somebody's home therefore keeps
 * nothing there.
 */
export function compiledFolder(
  env: Readonly<Record<string, string | undefined>>,
  uid: number | undefined = process.geteuid?.(),
): string | null {
  if (uid === undefined) return null;
  try {
    const { XDG_CACHE_HOME: wanted } = env;
    const cache = wanted !== undefined && isAbsolute(wanted) ? wanted : join(homedir(), '.cache');
    const path = join(cache, 'stillpoint', 'compiled');
    // Before anything is made: what root made in somebody's home that one could not use.
    if (!isOnlyOurs(realpathSync(nearestThere(path)), uid)) return null;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const folder = realpathSync(path);
    const { uid: owner, mode } = lstatSync(folder);
    return owner === uid && (mode & writableByOthers) === 0 && isOnlyOurs(folder, uid) ? folder : null;
  } catch {
    // A disk that is full or may not be written to: it takes longer, and that is all.
    return null;
  }
}

/** Itself, or the first folder above it. */
function nearestThere(path: string): string {
  return existsSync(path) ? path : nearestThere(dirname(path));
}

/** In a sticky folder others can add, but not replace what is ours. */
function isOnlyOurs(path: string, uid: number): boolean {
  const { uid: owner, mode } = lstatSync(path);
  const isClosed = (mode & writableByOthers) === 0 || (mode & sticky) !== 0;
  if ((owner !== uid && owner !== 0) || !isClosed) return false;
  return path === dirname(path) || isOnlyOurs(dirname(path), uid);
}
