import { z } from 'zod';
import type { Evidence } from '../../../../../shared/domain/evidence.ts';
import { excludeLimitsSchema } from '../../../../../shared/domain/excludes/limits.ts';
import { excludePresets } from '../../../../../shared/domain/excludes/presets.ts';
import type { FilesystemSpec } from '../../../../../shared/domain/source.ts';
import { unusualHomes } from './home-folders.ts';
import { type PlacePreset, presetPlaces } from './preset-places.ts';

/**
 * What a source leaves out by presets and own rules, with everything that is needed to apply it again: a snapshot keeps
 * this, so that years later a restore knows what the snapshot could not hold, whatever presets have become by then.
 */
const rulesSchema = z
  .object({
    /** 2 where there are limits: who does not know of them does not know what was left out. */
    version: z.union([z.literal(1), z.literal(2)]),
    /** Places by preset, in the language of `place-pattern.ts`. */
    places: z.record(z.string(), z.array(z.string())),
    /** Whether folders that mark themselves as caches were left out. */
    cacheTags: z.boolean(),
    /** In gitignore’s syntax, relative to the source. */
    lines: z.array(z.string()),
    /** Home folders beside the usual ones. */
    homes: z.array(z.string()),
    limits: excludeLimitsSchema.optional(),
  })
  .refine(({ version, limits }) => (version === 2) === (limits !== undefined));
export type ExcludeRules = Readonly<z.infer<typeof rulesSchema>>;

export const noRules: ExcludeRules = { version: 1, places: {}, cacheTags: false, lines: [], homes: [] };

/** More than this are not people of one machine, and would make every walk slow. */
const maxHomes = 100;

/** The rules of a specification on this machine. Absolute paths are not part of them: a walk knows those by path. */
export function rulesOf(spec: FilesystemSpec, homes: readonly string[] = unusualHomes()): ExcludeRules {
  const presets = excludePresets.filter((preset) => spec.excludePresets.includes(preset));
  const limits = spec.limits?.noDump || spec.limits?.largerThan ? spec.limits : undefined;
  const withPlaces = presets.filter((preset): preset is PlacePreset => preset !== 'cachedir-tag');
  return {
    version: limits === undefined ? 1 : 2,
    places: Object.fromEntries(
      withPlaces.map((preset) => [preset, presetPlaces[preset].map(({ place }) => place)] as const),
    ),
    cacheTags: presets.includes('cachedir-tag'),
    lines: spec.ignoreLines,
    homes: withPlaces.length === 0 ? [] : homes.filter((home) => isOnTheWay(home, spec.path)).slice(0, maxHomes),
    ...(limits === undefined ? {} : { limits }),
  };
}

/** One lies in the other. */
function isOnTheWay(home: string, path: string): boolean {
  const [one, other] = [`${home}/`, path.endsWith('/') ? path : `${path}/`];
  return one.startsWith(other) || other.startsWith(one);
}

export function isWithoutRules(rules: ExcludeRules): boolean {
  const isUnlimited = rules.limits === undefined;
  return Object.keys(rules.places).length === 0 && !rules.cacheTags && rules.lines.length === 0 && isUnlimited;
}

/** Under this name rules are part of a snapshot’s evidence. */
export const rulesDetail = 'excludeRules';

/** The rules of one of several places, by its path. */
function rulesDetailOf(location: string): string {
  return `${rulesDetail}:${location}`;
}

/** What a folder's evidence keeps of its rules, as one of several places keeps it. */
export function memberRules(location: string, detail: Evidence['detail'] = {}): Evidence['detail'] {
  const rules = detail[rulesDetail];
  return rules === undefined ? {} : { [rulesDetailOf(location)]: rules };
}

/** As it was stored for a place, alone or as one of several; undefined when there were none. */
export function storedRules(detail: Evidence['detail'], location: string): Evidence['detail'][string] | undefined {
  return detail[rulesDetailOf(location)] ?? detail[rulesDetail];
}

export function storeRules(rules: ExcludeRules): string {
  return JSON.stringify(rules);
}

/** Null for what this version does not understand: then nobody knows what a snapshot left out. */
export function readRules(stored: unknown): ExcludeRules | null {
  if (typeof stored !== 'string') return null;
  try {
    return rulesSchema.parse(JSON.parse(stored));
  } catch {
    return null;
  }
}

/** What restic shows as a snapshot’s excludes. For people: restic itself does nothing with it. */
export function excludesForSnapshot(spec: FilesystemSpec): string[] {
  const { places, cacheTags, lines, limits } = rulesOf(spec);
  return [
    ...spec.excludes,
    ...Object.values(places).flat(),
    ...(cacheTags ? ['--exclude-caches'] : []),
    ...(limits?.largerThan ? [`--exclude-larger-than ${limits.largerThan}`] : []),
    ...(limits?.noDump ? ['--exclude-no-dump'] : []),
    ...lines.filter((line) => line.trim() !== '' && !line.startsWith('#')),
  ];
}
