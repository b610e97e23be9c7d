import { pathKey } from '../path-bytes.ts';

// The language of presets’ places. Snapshots keep places in it, so what it means must not change.
//
//     /var/cache/*/*        from the root of the machine on
//     ~/.cache/             in every home folder
//     **/.Trash-*/          anywhere
//     {a,b}                 either; may hold slashes, may be nested
//     *                     any part of one name
//     **                    any number of folders between
//     ... / at the end      folders only
//     ! at the beginning    nothing here is left out by a preset

export interface PlacePattern {
  readonly segments: readonly Segment[];
  readonly foldersOnly: boolean;
  readonly keeps: boolean;
}

/** A name as its key (one character a byte), a name with wildcards, or any number of folders. */
export type Segment = string | RegExp | typeof anyFolders;

export const anyFolders = Symbol('**');

/**
 * One pattern for each alternative; `homes` are what `~` stands for. Throws on what the language does not know: a place
 * that is misread would leave out, or delete, something else.
 */
export function parsePlace(text: string, homes: readonly (readonly Segment[])[]): readonly PlacePattern[] {
  const keeps = text.startsWith('!');
  return alternatives(keeps ? text.slice(1) : text).flatMap((place) => {
    const isInHome = place.startsWith('~/');
    if (!isInHome && !place.startsWith('/') && !place.startsWith('**/')) throw unknown(text);
    const segments = segmentsOf(isInHome ? place.slice(2) : place);
    const last = segments.at(-1);
    if (last === undefined || last === anyFolders) throw unknown(text);
    const foldersOnly = place.endsWith('/');
    return (isInHome ? homes : [[]]).map((home) => ({ segments: [...home, ...segments], foldersOnly, keeps }));
  });
}

/** A path in the language, without alternatives and homes. */
export function segmentsOf(place: string): Segment[] {
  return place
    .split('/')
    .filter((name) => name !== '')
    .map(segmentOf);
}

function unknown(text: string): Error {
  return new Error(`a place that cannot be understood: ${text}`);
}

/** Whether names from the root down are what the pattern says; the last one is the entry itself. */
export function matchesPlace({ segments }: PlacePattern, names: readonly string[]): boolean {
  return matchesFrom(segments, 0, names, 0, names.length);
}

/** Whether the pattern may match something directly in the folder with these names. */
export function matchesFolderOf({ segments }: PlacePattern, names: readonly string[]): boolean {
  return matchesFrom(segments.slice(0, -1), 0, names, 0, names.length);
}

function matchesFrom(
  segments: readonly Segment[],
  at: number,
  names: readonly string[],
  from: number,
  to: number,
): boolean {
  const segment = segments[at];
  if (segment === undefined) return from === to;
  if (segment === anyFolders) {
    for (let next = from; next <= to; next += 1) if (matchesFrom(segments, at + 1, names, next, to)) return true;
    return false;
  }
  const name = names[from];
  if (name === undefined || from >= to || !matchesName(segment, name)) return false;
  return matchesFrom(segments, at + 1, names, from + 1, to);
}

export function matchesName(segment: string | RegExp, name: string): boolean {
  return typeof segment === 'string' ? segment === name : segment.test(name);
}

/** Every source of every run has the same presets, of some hundred names. */
const known = new Map<string, Segment>();
const mostKnown = 4_096;

function segmentOf(name: string): Segment {
  const before = known.get(name);
  if (before !== undefined) return before;
  const segment = newSegment(name);
  if (known.size < mostKnown) known.set(name, segment);
  return segment;
}

function newSegment(name: string): Segment {
  if (name === '**') return anyFolders;
  const key = pathKey(Buffer.from(name));
  if (!key.includes('*')) return key;
  const parts = key.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`);
}

/** `a{b,c}` → `ab`, `ac`. */
function alternatives(text: string): string[] {
  const open = text.indexOf('{');
  if (open < 0) {
    if (text.includes('}')) throw unknown(text);
    return [text];
  }
  const choices: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth === 0 || (depth === 1 && text[at] === ',')) {
      choices.push(text.slice(from, at));
      from = at + 1;
    }
    if (depth > 0) continue;
    const rest = text.slice(at + 1);
    return choices.flatMap((choice) => alternatives(`${text.slice(0, open)}${choice}${rest}`));
  }
  throw unknown(text);
}
