import { parentOf } from './breadcrumbs.ts';

/** Where looking around begins: the one place, or the folder that all of them have in common. */
export function startOf(places: readonly string[]): string {
  const [first = '/', ...others] = places;
  let folder = first;
  while (!others.every((place) => isIn(place, folder))) folder = parentOf(folder);
  return folder;
}

/** The place a folder is in, where it is in one; of several the nearest. */
export function placeOf(places: readonly string[], path: string): string | null {
  return places.filter((place) => isIn(path, place)).toSorted((a, b) => b.length - a.length)[0] ?? null;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
