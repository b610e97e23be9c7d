import type { TreeTick } from './tree-list.tsx';

/** Paths inside a snapshot that were ticked. A ticked folder stands for everything below it. */
export type Selection = ReadonlySet<string>;

export function tickOfPath(selection: Selection, path: string): TreeTick {
  if (isCovered(selection, path)) return 'on';
  const below = path === '/' ? '/' : `${path}/`;
  for (const ticked of selection) if (ticked.startsWith(below)) return 'mixed';
  return 'off';
}

/** Of the places of a snapshot those that something was ticked of. */
export function placesOfSelection(places: readonly string[], selection: readonly string[]): readonly string[] {
  return places.filter((place) => tickOfPath(new Set(selection), place) !== 'off');
}

/**
 * Ticks or unticks one path. Unticking inside a ticked folder ticks its other children instead; `childrenOf` gives the
 * paths of a folder's children, null while they are not all known. Null: it cannot be done yet.
 */
export function withTick(
  selection: Selection,
  path: string,
  on: boolean,
  childrenOf: (folder: string) => readonly string[] | null,
): Selection | null {
  const below = path === '/' ? '/' : `${path}/`;
  const kept = [...selection].filter((ticked) => ticked !== path && !ticked.startsWith(below));
  if (on) return isCovered(selection, path) && !selection.has(path) ? selection : new Set([...kept, path]);
  const folder = ancestors(path).find((ancestor) => selection.has(ancestor));
  if (folder === undefined) return new Set(kept);
  const result = new Set(kept);
  result.delete(folder);
  // Every folder between the ticked one and the path is opened up: all its children but the one on the way stay.
  for (const opened of ancestors(path)) {
    const children = childrenOf(opened);
    if (children === null) return null;
    for (const child of children) if (child !== path && !isOnWay(child, path)) result.add(child);
    if (opened === folder) break;
  }
  return result;
}

function isCovered(selection: Selection, path: string): boolean {
  return selection.has(path) || ancestors(path).some((ancestor) => selection.has(ancestor));
}

function isOnWay(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** The folders above a path, nearest first. */
function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) found.push(path.slice(0, at));
  if (path !== '/') found.push('/');
  return found;
}
