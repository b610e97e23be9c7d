import type { ExcludeLimits } from '../../../shared/domain/excludes/limits.ts';
import { type ExcludePreset, excludePresets, ignoreLineSchema } from '../../../shared/domain/excludes/presets.ts';
import { type ConsistencyLevel, isAtLeast } from '../../../shared/domain/level.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { type FilesystemSpec, placesOf, type SourceSpec } from '../../../shared/domain/source.ts';

/** A folder or mount point that is being described. */
export interface PlaceDraft {
  readonly path: string;
  /** Folders of its own that are left out. */
  readonly excludes: readonly string[];
  readonly excludePresets: readonly ExcludePreset[];
  /** Own rules as they are typed, one a line. */
  readonly ignoreText: string;
  /** Said on the command line; kept as it is. */
  readonly limits?: ExcludeLimits | undefined;
}

/** A source that is being described and not registered yet: one place, and those that are held together with it. */
export interface SourceDraft extends PlaceDraft {
  readonly name: string;
  /** False while the name follows the folder. */
  readonly nameTyped: boolean;
  readonly others: readonly PlaceDraft[];
}

/** What the home folder and the whole system are called, in the language of the window. */
export interface PlaceNames {
  readonly home: string;
  readonly system: string;
}

export function emptyDraft(path: string, home: string, names: PlaceNames): SourceDraft {
  return withPath({ ...emptyPlace(''), name: '', nameTyped: false, others: [] }, path, home, names);
}

export function emptyPlace(path: string): PlaceDraft {
  return { path, excludes: [], excludePresets, ignoreText: '' };
}

export function draftOf(name: string, spec: SourceSpec): SourceDraft {
  const [first = emptyPlace(''), ...others] = placesOf(spec).map(placeDraftOf);
  return { ...first, name, nameTyped: true, others };
}

function placeDraftOf({ path, excludes, excludePresets, ignoreLines, limits }: FilesystemSpec): PlaceDraft {
  return { path, excludes, excludePresets, ignoreText: ignoreLines.join('\n'), ...(limits && { limits }) };
}

/** The place a source began with, and those that were added to it. */
export function placesOfDraft(draft: SourceDraft): readonly [PlaceDraft, ...PlaceDraft[]] {
  return [draft, ...draft.others];
}

/** The lines of a text area: a line keeps its number, so that an error can name it; empty ones at the end are dropped. */
export function linesOf(text: string): string[] {
  return text.replace(/\s+$/, '') === '' ? [] : text.replace(/\s+$/, '').split(/\r?\n/);
}

export function specOf(draft: SourceDraft): SourceSpec {
  return sourceOf(draft, placeSpecOf);
}

function sourceOf(draft: SourceDraft, placeOf: (place: PlaceDraft) => FilesystemSpec): SourceSpec {
  const members = placesOfDraft(draft).map(placeOf);
  return draft.others.length === 0 ? placeOf(draft) : { kind: 'group', members };
}

export function placeSpecOf(place: PlaceDraft): FilesystemSpec {
  return {
    kind: 'filesystem',
    path: cleanPath(place.path),
    excludes: [...place.excludes],
    excludePresets: [...place.excludePresets],
    ignoreLines: linesOf(place.ignoreText),
    ...(place.limits && { limits: place.limits }),
  };
}

/** Whether two specs leave the same out of the same place, whatever the order in which it is told. */
export function isSameSpec(a: SourceSpec, b: SourceSpec): boolean {
  const [ofA, ofB] = [placesOf(a), placesOf(b)];
  const isIn = (place: FilesystemSpec): boolean =>
    isSamePlace(
      place,
      ofB.find(({ path }) => path === place.path),
    );
  return a.kind === b.kind && ofA.length === ofB.length && ofA.every(isIn);
}

function isSamePlace(a: FilesystemSpec, b: FilesystemSpec | undefined): boolean {
  if (b === undefined) return false;
  const same = (left: readonly string[], right: readonly string[]): boolean =>
    left.length === right.length && left.every((item) => right.includes(item));
  return (
    a.path === b.path &&
    same(a.excludes, b.excludes) &&
    same(a.excludePresets, b.excludePresets) &&
    // The order of rules is part of what they mean.
    a.ignoreLines.join('\n') === b.ignoreLines.join('\n') &&
    a.limits?.largerThan === b.limits?.largerThan &&
    a.limits?.noDump === b.limits?.noDump
  );
}

/** The spec to look at while it is typed: a line that is not a rule yet counts as none, and keeps its number. */
export function lookableSpec(draft: SourceDraft): SourceSpec {
  return sourceOf(draft, lookablePlace);
}

export function lookablePlace(place: PlaceDraft): FilesystemSpec {
  const spec = placeSpecOf(place);
  return {
    ...spec,
    ignoreLines: spec.ignoreLines.map((line) => (ignoreLineSchema.safeParse(line).success ? line : '')),
  };
}

/** Another folder: its name follows unless it was typed, and excluded folders outside it fall away. */
export function withPath(draft: SourceDraft, path: string, home: string, names: PlaceNames): SourceDraft {
  const name = draft.nameTyped ? draft.name : nameFor(cleanPath(path), home, names);
  return { ...draft, ...movedPlace(draft, path), name };
}

/** A place elsewhere: folders left out that do not lie there fall away. */
export function movedPlace(place: PlaceDraft, path: string): PlaceDraft {
  const { excludePresets, ignoreText, limits } = place;
  const excludes = place.excludes.filter((exclude) => isBelow(exclude, cleanPath(path)));
  return { path, excludes, excludePresets, ignoreText, ...(limits && { limits }) };
}

/** As it is registered: what is typed may end in slashes. */
export function cleanPath(path: string): string {
  return path.length > 1 ? path.replace(/(?<=.)\/+$/, '') : path;
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
  const places = placesOfDraft(draft);
  if (places.some(({ path }) => path === '')) return 'no-path';
  if (places.some(({ path }) => !path.startsWith('/'))) return 'relative-path';
  const lines = places.flatMap(({ ignoreText }) => linesOf(ignoreText));
  if (lines.some((line) => !ignoreLineSchema.safeParse(line).success)) return 'wrong-rule';
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
