/**
 * Where a restore to the original place went, for people: what a plan names is the folder that all of it has in common, which
 * says nothing where a snapshot has several places.
 */
export function restoredPlaces(targetPath: string, paths: readonly string[]): string {
  const below = paths.filter((place) => place !== targetPath && isIn(place, targetPath));
  return below.length > 1 ? below.join(', ') : targetPath;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
