import { existsSync, renameSync, rmSync } from 'node:fs';

/**
 * Moves what is at a path out of the way; the returned function removes what took its place and moves it back. What an
 * earlier run that was killed had set aside is the real one: it stays aside, and what is at the path is dropped.
 */
export function setAside(path: string): () => void {
  const aside = `${path}.set-aside-by-e2e`;
  if (existsSync(aside)) rmSync(path, { recursive: true, force: true });
  else if (existsSync(path)) renameSync(path, aside);
  return () => {
    rmSync(path, { recursive: true, force: true });
    if (existsSync(aside)) renameSync(aside, path);
  };
}
