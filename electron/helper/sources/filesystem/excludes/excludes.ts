import { constants } from 'node:fs';
import type { Evidence } from '../../../../../shared/domain/evidence.ts';
import type { ExcludeLimits } from '../../../../../shared/domain/excludes/limits.ts';
import type { Statx } from '../../../system/statx.ts';
import { pathKey, pathParts } from '../path-bytes.ts';
import type { TreeEntry } from '../tree.ts';
import { cacheTagName } from './cache-tag.ts';
import { type ExcludeRules, isWithoutRules, noRules, readRules, storedRules } from './exclude-rules.ts';
import { usualHomes } from './home-folders.ts';
import { IgnoreRules } from './ignore-rules.ts';
import {
  anyFolders,
  matchesFolderOf,
  matchesName,
  matchesPlace,
  type PlacePattern,
  parsePlace,
  type Segment,
  segmentsOf,
} from './place-pattern.ts';

/** What left an entry out: a preset’s name, an own rule’s line, a path that was chosen, or a limit. One object for each. */
export interface LeftOutBy {
  readonly kind: 'preset' | 'rule' | 'path' | 'limit';
  readonly value: string;
}

/** What applies directly in one folder. */
export interface FolderExcludes {
  leavesOut(entry: AskedEntry, isDirectory: boolean): LeftOutBy | undefined;
}

/** `stat`: without it no limit leaves anything out. */
export interface AskedEntry extends Pick<TreeEntry, 'name' | 'path'> {
  readonly stat?: Pick<Statx, 'mode' | 'size' | 'isNoDump'> | undefined;
}

interface Place extends PlacePattern {
  readonly by: LeftOutBy;
}

const { S_IFMT, S_IFREG } = constants;
const tagKey = pathKey(Buffer.from(cacheTagName));
const everything = (segmentsOf('/*')[0] as RegExp).source;
const byTag: LeftOutBy = { kind: 'preset', value: 'cachedir-tag' };
/** By the names that a measurement lists. */
export const limitNames = { largerThan: 'larger-than', noDump: 'no-dump' } as const;
const bySize: LeftOutBy = { kind: 'limit', value: limitNames.largerThan };
const byFlag: LeftOutBy = { kind: 'limit', value: limitNames.noDump };

/**
 * Rules as they apply below one root. The root itself is never left out, and never emptied by its own mark: somebody chose
 * it. Folders are to be asked about from the top down; in what is left out nothing is asked any more.
 */
export class Excludes {
  readonly isEmpty: boolean;
  /** Whether folders are to be looked through for marks. */
  readonly cacheTags: boolean;
  /** What is left out for what it is; undefined where nothing is. */
  readonly limits: ExcludeLimits | undefined;
  readonly #rootNames: readonly string[];
  /** Places by their last name, and those whose last name has wildcards. */
  readonly #named = new Map<string, Place[]>();
  readonly #wild: Place[] = [];
  readonly #kept: PlacePattern[] = [];
  readonly #lines: IgnoreRules | null;
  readonly #byLine: ReadonlyMap<string, LeftOutBy>;
  /** Chosen paths, relative to the root. */
  readonly #paths: ReadonlyMap<string, LeftOutBy>;

  /** Throws on rules with places that cannot be understood. */
  constructor(rules: ExcludeRules, root: Buffer, paths: ReadonlyMap<string, LeftOutBy> = new Map()) {
    this.#rootNames = pathParts(root).map(pathKey);
    const homes: readonly (readonly Segment[])[] = [
      ...usualHomes.map(segmentsOf),
      ...rules.homes.map((home) => pathParts(Buffer.from(home)).map(pathKey)),
      // Whoever protects a folder by itself protects it as somebody’s.
      this.#rootNames,
    ];
    for (const [value, places] of Object.entries(rules.places)) {
      const by: LeftOutBy = { kind: 'preset', value };
      for (const pattern of places.flatMap((place) => parsePlace(place, homes))) this.#add(pattern, by);
    }
    this.cacheTags = rules.cacheTags;
    this.limits = rules.limits;
    this.#lines = rules.lines.length === 0 ? null : new IgnoreRules(rules.lines);
    this.#byLine = new Map(rules.lines.map((value) => [value, { kind: 'rule', value }]));
    this.#paths = paths;
    this.isEmpty = isWithoutRules(rules) && paths.size === 0;
  }

  /** `folder` is relative to the root; `isTagged` when it holds a file that marks it as a cache. */
  in(folder: Buffer, isTagged: boolean): FolderExcludes {
    const hasTag = this.cacheTags && isTagged && folder.length > 0;
    const below = pathParts(folder).map(pathKey);
    const names = [...this.#rootNames, ...below];
    const lines = this.#lines?.in(below);
    const wild = this.#wild.filter((place) => matchesFolderOf(place, names));
    return {
      leavesOut: ({ name, path, stat }, isDirectory) => {
        const key = pathKey(name);
        const chosen = this.#paths.size === 0 ? undefined : this.#paths.get(pathKey(path));
        if (chosen !== undefined) return chosen;
        const place = this.#placeOf(names, key, isDirectory, wild);
        if (place !== undefined) return place;
        if (hasTag && key !== tagKey) return byTag;
        const line = lines?.leavesOut(key, isDirectory);
        if (line !== undefined) return this.#byLine.get(line);
        return this.limits === undefined || stat === undefined ? undefined : beyondLimits(this.limits, stat);
      },
    };
  }

  #add(pattern: PlacePattern, by: LeftOutBy): void {
    const last = pattern.segments.at(-1);
    // A place of which everything is left out was chosen by itself.
    if (last instanceof RegExp && last.source === everything && matchesFolderOf(pattern, this.#rootNames)) return;
    if (pattern.keeps) this.#kept.push(pattern);
    else if (typeof last === 'string') this.#named.set(last, [...(this.#named.get(last) ?? []), { ...pattern, by }]);
    else this.#wild.push({ ...pattern, by });
  }

  #placeOf(
    folder: readonly string[],
    name: string,
    isDirectory: boolean,
    wild: readonly Place[],
  ): LeftOutBy | undefined {
    const named = this.#named.get(name);
    if (named === undefined && wild.length === 0) return undefined;
    const names = [...folder, name];
    const place =
      named?.find((each) => (isDirectory || !each.foldersOnly) && matchesPlace(each, names)) ??
      wild.find((each) => (isDirectory || !each.foldersOnly) && matchesLast(each, name));
    return place === undefined || this.#isKept(names) ? undefined : place.by;
  }

  #isKept(names: readonly string[]): boolean {
    return names.some((_, index) => this.#kept.some((pattern) => matchesPlace(pattern, names.slice(0, index + 1))));
  }
}

function beyondLimits(
  { largerThan, noDump }: ExcludeLimits,
  { mode, size, isNoDump }: NonNullable<AskedEntry['stat']>,
): LeftOutBy | undefined {
  if (noDump && isNoDump === true) return byFlag;
  const isTooLarge = largerThan !== null && (mode & S_IFMT) === S_IFREG && size > BigInt(largerThan);
  return isTooLarge ? bySize : undefined;
}

/** The rules that a snapshot’s evidence keeps, below `root`; null when this version does not understand them. */
export function excludesOf(detail: Evidence['detail'], root: Buffer): Excludes | null {
  const stored = storedRules(detail, root.toString());
  const rules = stored === undefined ? noRules : readRules(stored);
  if (rules === null) return null;
  try {
    return new Excludes(rules, root);
  } catch {
    return null;
  }
}

function matchesLast({ segments }: PlacePattern, name: string): boolean {
  const last = segments.at(-1);
  return last !== undefined && last !== anyFolders && matchesName(last, name);
}
