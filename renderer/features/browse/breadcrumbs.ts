export interface Crumb {
  readonly name: string;
  readonly path: string;
}

/** The folders from the root of a snapshot to `path`, the folder itself included. */
export function breadcrumbs(path: string): readonly Crumb[] {
  const crumbs: Crumb[] = [{ name: '/', path: '/' }];
  let at = '';
  for (const name of path.split('/')) {
    if (name === '') continue;
    at = `${at}/${name}`;
    crumbs.push({ name, path: at });
  }
  return crumbs;
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
