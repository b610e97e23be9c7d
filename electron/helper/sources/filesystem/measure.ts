import { constants } from 'node:fs';
import type { ExcludeSizes } from '../../../../shared/domain/excludes/presets.ts';
import type { FilesystemSpec } from '../../../../shared/domain/source.ts';
import { type LeftOutBy, limitNames } from './excludes/excludes.ts';
import type { OnLeftOut } from './open-tree.ts';
import { splitLast } from './path-bytes.ts';
import type { OpenTree, TreeEntry } from './tree.ts';
import { Turns } from './turns.ts';

/** As many places of one item are named. */
const namedPlaces = 20;
const maxItems = 2000;

type Item = ExcludeSizes['items'][number];
type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface Measured {
  /** The tree as it is backed up; it tells `onLeftOut` what is not. */
  readonly openKept: (onLeftOut: OnLeftOut) => OpenTree;
  /** The same tree with nothing left out. */
  readonly openWhole: () => OpenTree;
}

/**
 * How much each preset, rule and path leaves out, and how much stays, in one walk. What several of them would leave out
 * counts for the first: a path, then a preset, then a rule. Looks only, and gives way to others.
 */
export async function measureExcludes(
  spec: FilesystemSpec,
  { openKept, openWhole }: Measured,
  limitMs: number,
  signal: AbortSignal,
): Promise<ExcludeSizes> {
  const items = new Map(itemsOf(spec).map((item) => [keyOf(item), item]));
  const leftOut: { readonly entry: TreeEntry; readonly item: Writable<Item> }[] = [];
  const whole = openWhole();
  try {
    const kept = openKept((entry, by) => {
      const item = items.get(keyOf(by));
      if (item === undefined) return;
      notePlace(item, whole.describe(by.value === 'cachedir-tag' ? splitLast(entry.path).parent : entry.path));
      leftOut.push({ entry, item });
    });
    try {
      const sizes = { files: 0, bytes: 0 };
      const complete = await walk(kept, whole, sizes, leftOut, limitMs, signal);
      return { items: [...items.values()], keptFiles: sizes.files, keptBytes: sizes.bytes, complete };
    } finally {
      kept.close();
    }
  } finally {
    whole.close();
  }
}

/** False when the time was over first. What is left out is walked first, so that little is remembered. */
async function walk(
  kept: OpenTree,
  whole: OpenTree,
  sizes: { files: number; bytes: number },
  leftOut: { readonly entry: TreeEntry; readonly item: Writable<Item> }[],
  limitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const folders: TreeEntry[] = [kept.root];
  const turns = new Turns(signal);
  for (;;) {
    await turns.pause();
    if (turns.tookMs > limitMs) return false;
    const out = leftOut.pop();
    if (out !== undefined) {
      count(out.entry, out.item);
      if (!isDirectory(out.entry)) continue;
      for (const entry of await whole.listInTurns(out.entry, turns)) leftOut.push({ entry, item: out.item });
      continue;
    }
    const folder = folders.pop();
    if (folder === undefined) return true;
    for (const entry of await kept.listInTurns(folder, turns)) {
      count(entry, sizes);
      if (isDirectory(entry)) folders.push(entry);
    }
  }
}

function itemsOf({ excludes, excludePresets, ignoreLines, limits }: FilesystemSpec): Item[] {
  const rules = ignoreLines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const empty = { files: 0, bytes: 0 };
  return [
    ...excludes.map((value): Item => ({ kind: 'path', value, ...empty, places: [] })),
    ...excludePresets.map((value): Item => ({ kind: 'preset', value, ...empty, places: [] })),
    ...(limits?.largerThan ? [limitNames.largerThan] : []).map(limitItem),
    ...(limits?.noDump ? [limitNames.noDump] : []).map(limitItem),
    ...rules.map((value): Item => ({ kind: 'rule', value, ...empty, places: [] })),
  ].slice(0, maxItems);
}

function limitItem(value: string): Item {
  return { kind: 'limit', value, files: 0, bytes: 0, places: [] };
}

function keyOf({ kind, value }: LeftOutBy): string {
  return `${kind} ${value}`;
}

function notePlace(item: Item, place: string): void {
  if (item.places.length < namedPlaces && item.places.at(-1) !== place) item.places.push(place);
}

function count({ stat }: TreeEntry, into: { files: number; bytes: number }): void {
  if ((stat.mode & constants.S_IFMT) !== constants.S_IFREG) return;
  into.files += 1;
  into.bytes += Number(stat.size);
}

function isDirectory({ stat }: TreeEntry): boolean {
  return (stat.mode & constants.S_IFMT) === constants.S_IFDIR;
}
