import type { Preflight } from '../../../shared/domain/preflight.ts';
import { maxGroupMembers } from '../../../shared/domain/source.ts';
import { cleanPath, isBelow, type PlaceDraft, placesOfDraft, type SourceDraft } from './source-draft.ts';

/** What one place alone was found to be, by its path; null: not known. */
export type FoundPlaces = ReadonlyMap<string, Preflight>;

/** Why a place cannot be one of several: said beside it. */
export type PlaceProblem =
  | { readonly kind: 'relative' }
  | { readonly kind: 'twice' }
  /** It lies in another one, on the same filesystem: that one holds it already. */
  | { readonly kind: 'inside'; readonly other: string };

export function placeProblem(draft: SourceDraft, at: number, found: FoundPlaces): PlaceProblem | null {
  const paths = pathsOf(draft);
  const path = paths[at] ?? '';
  if (path === '') return null;
  if (!path.startsWith('/')) return { kind: 'relative' };
  if (paths.indexOf(path) < at) return { kind: 'twice' };
  const other = outerOf(paths, path);
  if (other === null) return null;
  const [own, around] = [found.get(path), found.get(other)];
  const isSameFilesystem = own?.mountPoint === around?.mountPoint;
  return own !== undefined && around !== undefined && isSameFilesystem ? { kind: 'inside', other } : null;
}

/** The place it lies in, where that one leaves it out because it is a filesystem of its own. */
export function ownFilesystemIn(draft: SourceDraft, at: number, found: FoundPlaces): string | null {
  const path = pathsOf(draft)[at] ?? '';
  const other = outerOf(pathsOf(draft), path);
  return other !== null && found.has(path) && placeProblem(draft, at, found) === null ? other : null;
}

/** Something of it cannot be asked about yet, or never. */
export function hasPlaceProblem(draft: SourceDraft, found: FoundPlaces): boolean {
  return placesOfDraft(draft).some(({ path }, at) => path === '' || placeProblem(draft, at, found) !== null);
}

/** What is known of each place alone: where it lies, and whether it can be held. */
export type PlaceVerdict =
  | { readonly kind: 'held'; readonly filesystem: string; readonly mountPoint: string }
  /** It keeps all of them from being held. */
  | { readonly kind: 'refused'; readonly why: string };

export function placeVerdict({ considered, chosen, filesystem, mountPoint }: Preflight): PlaceVerdict {
  const promise = considered.find(({ method }) => method === 'precopy-freeze');
  if (promise?.available === true) return { kind: 'held', filesystem, mountPoint };
  return { kind: 'refused', why: promise?.reasons[0] ?? chosen.reasons[0] ?? '' };
}

/** Where the source lies: of each place its mount point, each once. */
export function mountPointsOf(draft: SourceDraft, found: FoundPlaces): string[] {
  return [...new Set(pathsOf(draft).flatMap((path) => found.get(path)?.mountPoint ?? []))];
}

export function mayHaveMore(draft: SourceDraft): boolean {
  return placesOfDraft(draft).length < maxGroupMembers;
}

/** Another place; what is left out everywhere is left out there, too. */
export function withPlace(draft: SourceDraft, path: string): SourceDraft {
  const added: PlaceDraft = { path, excludes: [], excludePresets: draft.excludePresets, ignoreText: '' };
  return { ...draft, others: [...draft.others, added] };
}

export function withoutPlace(draft: SourceDraft, at: number): SourceDraft {
  const [first, ...others] = placesOfDraft(draft).filter((_, index) => index !== at);
  return first === undefined ? draft : { ...draft, ...partsOf(first), others };
}

/** `at`: 0 is the place it began with. */
export function withChangedPlace(draft: SourceDraft, at: number, place: PlaceDraft): SourceDraft {
  if (at === 0) return { ...draft, ...partsOf(place) };
  return { ...draft, others: draft.others.map((other, index) => (index === at - 1 ? partsOf(place) : other)) };
}

function partsOf({ path, excludes, excludePresets, ignoreText, limits }: PlaceDraft): PlaceDraft {
  return { path, excludes, excludePresets, ignoreText, ...(limits && { limits }) };
}

function pathsOf(draft: SourceDraft): readonly string[] {
  return placesOfDraft(draft).map(({ path }) => cleanPath(path));
}

/** The nearest of the others that it lies in. */
function outerOf(paths: readonly string[], path: string): string | null {
  const outer = paths.filter((other) => other.startsWith('/') && isBelow(path, other));
  return outer.toSorted((a, b) => b.length - a.length)[0] ?? null;
}
