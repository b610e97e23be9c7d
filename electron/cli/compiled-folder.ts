import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
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
    mkdirSync(join(cache, 'stillpoint', 'compiled'), { recursive: true, mode: 0o700 });
    const folder = realpathSync(join(cache, 'stillpoint', 'compiled'));
    return lstatSync(folder).uid === uid && isOnlyOurs(folder, uid) ? folder : null;
  } catch {
    // A disk that is full or may not be written to: it takes longer, and that is all.
    return null;
  }
}

/** In a sticky folder others can add, but not replace what is ours. */
function isOnlyOurs(path: string, uid: number): boolean {
  const { uid: owner, mode } = lstatSync(path);
  const isClosed = (mode & writableByOthers) === 0 || (mode & sticky) !== 0;
  if ((owner !== uid && owner !== 0) || !isClosed) return false;
  return path === dirname(path) || isOnlyOurs(dirname(path), uid);
}
