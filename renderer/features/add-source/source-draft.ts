import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import { defaultLongestStallMs } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';

/** A source that is being described and not registered yet. */
export interface SourceDraft {
  readonly name: string;
  /** False while the name follows the folder. */
  readonly nameTyped: boolean;
  readonly path: string;
  readonly excludes: readonly string[];
  readonly longestStallMs: number;
}

/** What the home folder and the whole system are called, in the language of the window. */
export interface PlaceNames {
  readonly home: string;
  readonly system: string;
}

export function emptyDraft(path: string, home: string, names: PlaceNames): SourceDraft {
  const nothing = { name: '', nameTyped: false, path: '', excludes: [], longestStallMs: defaultLongestStallMs };
  return withPath(nothing, path, home, names);
}

/** Another folder: its name follows unless it was typed, and excludes outside it fall away. */
export function withPath(draft: SourceDraft, path: string, home: string, names: PlaceNames): SourceDraft {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const presets = excludePresets(clean, home).map((preset) => preset.path);
  const kept = draft.excludes.filter((exclude) => isBelow(exclude, clean));
  return {
    ...draft,
    path,
    name: draft.nameTyped ? draft.name : nameFor(clean, home, names),
    excludes: clean === draft.path ? draft.excludes : [...new Set([...kept, ...presets])],
  };
}

/** The home folder and the root have names of their own, anything else is called by its last part. */
export function nameFor(path: string, home: string, names: PlaceNames): string {
  if (path === home) return names.home;
  if (path === '/') return names.system;
  return path.slice(path.lastIndexOf('/') + 1);
}

export interface ExcludePreset {
  readonly path: string;
  /** Key below `excludes.preset.` */
  readonly words: 'cache' | 'trash';
}

/** What hardly anybody wants back, where the folder holds it. */
export function excludePresets(path: string, home: string): readonly ExcludePreset[] {
  const presets: readonly ExcludePreset[] = [
    { path: `${home}/.cache`, words: 'cache' },
    { path: `${home}/.local/share/Trash`, words: 'trash' },
  ];
  return presets.filter((preset) => isBelow(preset.path, path));
}

export function isBelow(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

export type DraftProblem = 'no-path' | 'relative-path' | 'no-name';

export function draftProblem(draft: SourceDraft): DraftProblem | null {
  if (draft.path === '') return 'no-path';
  if (!draft.path.startsWith('/')) return 'relative-path';
  return draft.name.trim() === '' ? 'no-name' : null;
}

/**
 * The level below which a snapshot counts as weaker than usual. A watched copy promises only what it always gets: that
 * nothing was written cannot be promised, so its absence is no reason for an alarm.
 */
export function requiredLevelFor(preflight: Preflight): ConsistencyLevel {
  return preflight.chosen.method === 'live' ? 'per-file' : preflight.chosen.level;
}

/** Pauses people can choose between, milliseconds. */
export const stallChoices = [20, defaultLongestStallMs, 1_000, 10_000] as const;
