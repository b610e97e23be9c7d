import type { SourceFile } from './source-files.ts';

export const longestFile = 400;

const code = /\.(ts|tsx|mjs|js|c|h|css|sh)$/;

/** Written so that this file does not hold what it forbids. */
const places: readonly (readonly [RegExp, string])[] = [
  [/registry[.](npm[j]s|yarn[p]kg)[.]/, 'the host of a package registry'],
  [/(deb|security|archive|ftp)[.]([a-z]{2}[.])?(deb[i]an|ubunt[u])[.](org|com)/, 'the host of a package archive'],
  [/"resolve[d]": "http/, 'where one machine took a package from'],
  [/(^|[^\w/])\/wor[k]\/(main|shared)\b|\/far[m]\/|bash_job[s]|\/tmp\/s[p]\//, 'a path of one machine'],
];

/** A tree that says nothing of the machine it was written on: neither its paths nor its package sources. */
export function findPlaces({ path, text }: SourceFile, checkout: string): readonly string[] {
  // A checkout directly below / or in a short folder would match ordinary text.
  const own = checkout.replace(/\/$/, '');
  return text.split('\n').flatMap((line, index) => {
    const found = places.filter(([pattern]) => pattern.test(line)).map(([, what]) => what);
    if (own.split('/').length > 2 && line.includes(`${own}/`)) found.push('the path of this checkout');
    return found.map((what) => `${path}:${index + 1}: ${what}`);
  });
}

/** Lines of a file that is too long to hold one idea. */
export function findLength({ path, text }: SourceFile): readonly string[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return code.test(path) && lines > longestFile ? [`${path}: ${lines} lines, at most ${longestFile}`] : [];
}
