import type { LeftOutBy } from './excludes.ts';

const presetNames: Readonly<Record<string, string>> = {
  caches: 'Caches',
  trash: 'Trash',
  'browser-caches': 'Browser caches',
  'flatpak-caches': 'Flatpak caches',
  'cachedir-tag': 'Inside folders marked as caches (CACHEDIR.TAG)',
};

const limitTexts: Readonly<Record<string, string>> = {
  'larger-than': 'Larger than the limit for files',
  'no-dump': 'Marked by its owner as not worth a backup (chattr +d)',
};

/** What left something out, for people. */
export function describeLeftOutBy({ kind, value }: LeftOutBy): string {
  if (kind === 'preset') return presetNames[value] ?? `The preset ${value}`;
  if (kind === 'limit') return limitTexts[value] ?? `The limit ${value}`;
  return kind === 'rule' ? `Own rule ${value}` : 'Left out by choice';
}
