import type { ExcludeSizes } from '../../../shared/domain/excludes/presets.ts';
import type { SnapshotId } from '../../../shared/domain/ids.ts';
import type { Freeable, KeepPlan } from '../../../shared/domain/keep/plan.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import { placesOf, type SourceSpec } from '../../../shared/domain/source.ts';

const mib = 1024 ** 2;

/** What presets, rules and paths leave out of a folder that is not there. */
export function excludeSizesOf(spec: SourceSpec): ExcludeSizes {
  const places = placesOf(spec);
  const presets = new Set(places.flatMap(({ excludePresets }) => excludePresets));
  const lines = places.flatMap(({ ignoreLines }) => ignoreLines);
  const excludes = places.flatMap((place) => place.excludes);
  const items: ExcludeSizes['items'] = [
    ...[...presets].map((value, n) => ({
      kind: 'preset' as const,
      value,
      files: 120 * (n + 1),
      bytes: 310 * mib,
      places: [],
    })),
    ...lines.map((value) => ({ kind: 'rule' as const, value, files: 12, bytes: 4 * mib, places: [] })),
    ...excludes.map((value) => ({ kind: 'path' as const, value, files: 40, bytes: 21 * mib, places: [value] })),
  ];
  return { items, keptFiles: 20_512, keptBytes: 1_049 * mib, complete: true };
}

export function keptSnapshot(id: SnapshotId, time: string, keep: boolean): KeepPlan['snapshots'][number] {
  return { id, time, keep, rules: keep ? ['daily'] : [], because: keep ? 'rule' : null, goesAt: null };
}

export function freeableOf(
  snapshots: readonly SnapshotSummary[],
  { freeBytes, totalBytes }: RepositoryStatus,
): Freeable {
  const oldest = snapshots.slice(0, Math.floor(snapshots.length / 2)).map(({ id }) => id);
  return {
    offers: [
      { kind: 'unused', snapshotIds: [], bytes: 2 * mib },
      { kind: 'oldest-half', snapshotIds: oldest, bytes: oldest.length * 14 * mib },
    ],
    freeBytes,
    totalBytes,
  };
}
