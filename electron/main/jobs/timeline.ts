import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import { notRunSentence } from '../../../shared/domain/schedule/schedule-words.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { describeSpec, type SourceSpec, specPaths } from '../../../shared/domain/source.ts';
import type { Lane, Timeline } from '../../../shared/ipc/timeline.ts';
import type { DrawnFailure, DrawnSnapshot } from './catalog-port.ts';
import type { SourcePlan } from './source-plan.ts';

/** What the schedule adds to a lane. */
export type LanePlan = Pick<SourcePlan, 'missed' | 'planned' | 'windows'>;

type Band = Lane['staticBands'][number];

/** One lane per registered source, in their order; then one for each other origin of snapshots, by name. */
export function composeTimeline(
  sources: readonly Source[],
  snapshots: readonly DrawnSnapshot[],
  failures: readonly DrawnFailure[],
  now: number,
  planOf: (source: Source) => LanePlan = () => nothingPlanned,
  quietOf: (source: Source) => readonly Band[] = () => [],
): Timeline {
  const registered = new Set<string>(sources.map(({ id }) => id));
  const groups = Map.groupBy(snapshots, (snapshot) => laneKey(snapshot, sources));
  const failuresOf = Map.groupBy(failures, ({ sourceId }) => sourceId);
  const own = sources.map((source): Lane => {
    const drawn = groups.get(source.id) ?? [];
    return {
      key: source.id,
      sourceId: source.id,
      name: source.name,
      detail: laneDetail(source.spec, drawn),
      kind: source.spec.kind,
      failures: (failuresOf.get(source.id) ?? []).map(({ runId, at, outcome, text }) => ({ runId, at, outcome, text })),
      ...drawing(drawn, now, quietOf(source)),
      ...planned(planOf(source)),
    };
  });
  const others = [...groups]
    .filter(([key]) => !registered.has(key))
    .map(([key, drawn]) => otherLane(key, drawn, now))
    .sort((a, b) => a.name.localeCompare(b.name) || a.key.localeCompare(b.key));
  return { lanes: [...own, ...others] };
}

/** A safety snapshot belongs to no source; it is drawn with the one whose folder it was taken in. */
function laneKey({ sourceId, hostname, paths, mark }: DrawnSnapshot, sources: readonly Source[]): string {
  const holder = mark.kind === 'safety' ? holderOf(paths, sources) : undefined;
  return sourceId ?? holder ?? `other:${hostname}:${paths.join(':')}`;
}

/** The source whose places hold all of the paths; of several the one whose places are nearest to them. */
function holderOf(paths: readonly string[], sources: readonly Source[]): string | undefined {
  const holders = sources.flatMap(({ id, spec }) => {
    const places = specPaths(spec);
    const nearest = paths.map((path) => Math.max(0, ...places.filter((place) => isIn(path, place)).map(lengthOf)));
    return nearest.includes(0) ? [] : [{ id, near: Math.min(...nearest) }];
  });
  return holders.toSorted((a, b) => b.near - a.near)[0]?.id;
}

function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`);
}

function lengthOf(text: string): number {
  return text.length;
}

function otherLane(key: string, drawn: readonly DrawnSnapshot[], now: number): Lane {
  const newest = drawn.at(-1);
  const hostname = newest?.hostname ?? '';
  const isForeign = newest?.mark.kind === 'foreign';
  return {
    key,
    sourceId: null,
    name: newest?.sourceName || newest?.paths.join(', ') || hostname,
    detail: isForeign ? `restic on ${hostname}` : `not protected here · ${hostname}`,
    kind: isForeign ? 'foreign' : (newest?.paths.length ?? 0) > 1 ? 'group' : 'filesystem',
    failures: [],
    ...drawing(drawn, now),
    ...planned(nothingPlanned),
  };
}

const nothingPlanned: LanePlan = { planned: [], missed: [], windows: [] };

function planned({ planned, missed, windows }: LanePlan): Pick<Lane, 'planned' | 'missed' | 'windows'> {
  return {
    planned: [...planned],
    missed: missed.map(({ from, to, slots, because }) => ({
      ...{ from, to, runs: slots, because },
      text: notRunSentence(because),
    })),
    windows: windows.map(({ from, to }) => ({ from, to })),
  };
}

/** `quiet`: seen between backups; beside it each snapshot that nobody wrote to shows the time it took. */
function drawing(
  drawn: readonly DrawnSnapshot[],
  now: number,
  quiet: readonly Band[] = [],
): Pick<Lane, 'snapshots' | 'staticBands' | 'logBands'> {
  return {
    snapshots: drawn.map(({ mark }) => mark),
    staticBands: mergeBands([...quiet, ...drawn.flatMap(({ staticBand }) => (staticBand ? [staticBand] : []))], now),
    logBands: [],
  };
}

/** Overlapping looks at the same quiet time are one band, and none reaches past now. */
export function mergeBands(bands: readonly Band[], now: number): Band[] {
  const merged: Band[] = [];
  for (const band of [...bands].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    const to = Math.min(band.to, now);
    if (to <= band.from) continue;
    if (last && band.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else merged.push({ from: band.from, to });
  }
  return merged;
}

/** Of several places how many there are: which they are stands in the source's details. */
function laneDetail(spec: SourceSpec, drawn: readonly DrawnSnapshot[]): string {
  const detail = detailOf(drawn);
  switch (spec.kind) {
    case 'filesystem':
      return detail ?? describeSpec(spec);
    case 'group': {
      const places = `${spec.members.length} places`;
      return detail === undefined ? `${places} · ${describeSpec(spec)}` : `${places} · ${detail}`;
    }
  }
}

function detailOf(drawn: readonly DrawnSnapshot[]): string | undefined {
  const newest = drawn.findLast(({ mark, filesystem }) => mark.kind === 'backup' && filesystem !== '');
  if (!newest) return undefined;
  const { method } = newest.mark;
  return method === null ? newest.filesystem : `${newest.filesystem} · ${methodWords[method]}`;
}

/** How it was kept still, in a few words; the technical name stands in the proof. */
const methodWords: Readonly<Record<QuiesceMethodName, string>> = {
  'precopy-freeze': 'copied ahead, then held',
  'fsfreeze-copy': 'held for the copy',
  'btrfs-snapshot': 'snapshot of its own',
  'lvm-snapshot': 'LVM snapshot',
  'zfs-snapshot': 'snapshot of its own',
  'tarantool-backup': 'backup by Tarantool',
  'qemu-backup': 'backup by QEMU',
  'openstack-image': 'image by OpenStack',
  live: 'copied live',
};
