import type { LeftOutBy } from './excludes.ts';

const presetNames: Readonly<Record<string, string>> = {
  caches: 'Caches',
  trash: 'Trash',
  'browser-caches': 'Browser caches',
  'flatpak-caches': 'Flatpak caches',
  'cachedir-tag': 'Inside folders marked as caches (CACHEDIR.TAG)',
};

/** What left something out, for people. */
export function describeLeftOutBy({ kind, value }: LeftOutBy): string {
  if (kind === 'preset') return presetNames[value] ?? `The preset ${value}`;
  return kind === 'rule' ? `Own rule ${value}` : 'Left out by choice';
}
