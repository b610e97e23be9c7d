import { inspect, isDeepStrictEqual } from 'node:util';
import type { StoredTree } from './simulated-run.ts';

/** Throws where two trees differ. Of what is `broken` less may be there. */
export function compareTrees(
  tree: StoredTree,
  truth: StoredTree,
  where: string,
  broken: ReadonlySet<bigint> = new Set(),
): void {
  for (const [path, { meta, content }] of truth) {
    const found = tree.get(path);
    if (found === undefined) {
      if (isBelowBroken(path, truth, broken)) continue;
      throw new Error(`${where}: ${path} is missing`);
    }
    const isLost = found.content === null && broken.has(meta.inode);
    if (found.content !== content && !isLost)
      throw new Error(`${where}: ${path} holds ${found.content}, not ${content}`);
    if (!isDeepStrictEqual({ ...found.meta, atimeNs: 0n }, { ...meta, atimeNs: 0n }))
      throw new Error(`${where}: metadata of ${path} is ${inspect(found.meta)}, not ${inspect(meta)}`);
  }
  for (const path of tree.keys()) if (!truth.has(path)) throw new Error(`${where}: ${path} was not there`);
}

function isBelowBroken(path: string, truth: StoredTree, broken: ReadonlySet<bigint>): boolean {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const above = truth.get(at.slice(0, at.lastIndexOf('/')));
    if (above !== undefined && broken.has(above.meta.inode)) return true;
  }
  return false;
}
