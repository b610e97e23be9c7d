import { type ExcludePreset, excludePresets, ignoreLineSchema } from '../../../shared/domain/excludes/presets.ts';
import { type ConsistencyLevel, isAtLeast } from '../../../shared/domain/level.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';

/** A source that is being described and not registered yet. */
export interface SourceDraft {
  readonly name: string;
  /** False while the name follows the folder. */
  readonly nameTyped: boolean;
  readonly path: string;
  /** Folders of its own that are left out. */
  readonly excludes: readonly string[];
  readonly excludePresets: readonly ExcludePreset[];
  /** Own rules as they are typed, one a line. */
  readonly ignoreText: string;
}

/** What the home folder and the whole system are called, in the language of the window. */
export interface PlaceNames {
  readonly home: string;
  readonly system: string;
}

export function emptyDraft(path: string, home: string, names: PlaceNames): SourceDraft {
  const nothing = { name: '', nameTyped: false, path: '', excludes: [], excludePresets, ignoreText: '' };
  return withPath(nothing, path, home, names);
}

export function draftOf(name: string, spec: SourceSpec): SourceDraft {
  const { path, excludes, ignoreLines } = spec;
  return {
    name,
    nameTyped: true,
    path,
    excludes,
    excludePresets: spec.excludePresets,
    ignoreText: ignoreLines.join('\n'),
  };
}

/** The lines of a text area: a line keeps its number, so that an error can name it; empty ones at the end are dropped. */
export function linesOf(text: string): string[] {
  return text.replace(/\s+$/, '') === '' ? [] : text.replace(/\s+$/, '').split(/\r?\n/);
}

export function specOf(draft: Omit<SourceDraft, 'name' | 'nameTyped'>): SourceSpec {
  return {
    kind: 'filesystem',
    path: draft.path,
    excludes: [...draft.excludes],
    excludePresets: [...draft.excludePresets],
    ignoreLines: linesOf(draft.ignoreText),
  };
}

/** Whether two specs leave the same out of the same place, whatever the order in which it is told. */
export function isSameSpec(a: SourceSpec, b: SourceSpec): boolean {
  const same = (left: readonly string[], right: readonly string[]): boolean =>
    left.length === right.length && left.every((item) => right.includes(item));
  return (
    a.path === b.path &&
    same(a.excludes, b.excludes) &&
    same(a.excludePresets, b.excludePresets) &&
    // The order of rules is part of what they mean.
    a.ignoreLines.join('\n') === b.ignoreLines.join('\n')
  );
}

/** The spec to look at while it is typed: a line that is not a rule yet counts as none, and keeps its number. */
export function lookableSpec(draft: Omit<SourceDraft, 'name' | 'nameTyped'>): SourceSpec {
  const spec = specOf(draft);
  return {
    ...spec,
    ignoreLines: spec.ignoreLines.map((line) => (ignoreLineSchema.safeParse(line).success ? line : '')),
  };
}

/** Another folder: its name follows unless it was typed, and excluded folders outside it fall away. */
export function withPath(draft: SourceDraft, path: string, home: string, names: PlaceNames): SourceDraft {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  return {
    ...draft,
    path,
    name: draft.nameTyped ? draft.name : nameFor(clean, home, names),
    excludes: draft.excludes.filter((exclude) => isBelow(exclude, clean)),
  };
}

/** The home folder and the root have names of their own, anything else is called by its last part. */
export function nameFor(path: string, home: string, names: PlaceNames): string {
  if (path === home) return names.home;
  if (path === '/') return names.system;
  return path.slice(path.lastIndexOf('/') + 1);
}

export function isBelow(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

export type DraftProblem = 'no-path' | 'relative-path' | 'no-name' | 'wrong-rule';

export function draftProblem(draft: SourceDraft): DraftProblem | null {
  if (draft.path === '') return 'no-path';
  if (!draft.path.startsWith('/')) return 'relative-path';
  if (linesOf(draft.ignoreText).some((line) => !ignoreLineSchema.safeParse(line).success)) return 'wrong-rule';
  return draft.name.trim() === '' ? 'no-name' : null;
}

/**
 * The level below which a snapshot counts as weaker than usual. A watched copy promises only what it always gets: that
 * nothing was written cannot be promised, so its absence is no reason for an alarm.
 */
export function requiredLevelFor(preflight: Preflight): ConsistencyLevel {
  return preflight.chosen.method === 'live' ? 'per-file' : preflight.chosen.level;
}

/**
 * The level asked of a source that is changed. It follows what can be reached where the folder or the pause is another
 * one; else it only rises: rights that are missing today are no reason to ask for less for good.
 */
export function requiredLevelAfter(before: Policy, sameTerms: boolean, preflight: Preflight): ConsistencyLevel {
  const reachable = requiredLevelFor(preflight);
  return sameTerms && isAtLeast(before.requiredLevel, reachable) ? before.requiredLevel : reachable;
}
