/**
 * Where a restore to the original place went, for people: what a plan names is the folder that all of it has in common, which
 * says nothing where a snapshot has several places. `chosen`: what was selected of it; empty means everything.
 */
export function restoredPlaces(targetPath: string, paths: readonly string[], chosen: readonly string[] = []): string {
  const meant = paths.filter(
    (place) => chosen.length === 0 || chosen.some((path) => isIn(path, place) || isIn(place, path)),
  );
  const below = meant.filter((place) => place !== targetPath && isIn(place, targetPath));
  return below.length > 1 ? below.join(', ') : targetPath;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
