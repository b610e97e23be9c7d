import type { Change } from '../../../shared/domain/snapshot.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { placesOfPlan } from '../model/build.ts';
import { evidenceOf } from '../model/evidence.ts';
import { entriesOfAll, ledgerFiles, type MadeFile, madeFiles } from '../model/files.ts';
import { runIdOf, sourceIdOf } from '../model/ids.ts';
import { plans } from '../model/plans.ts';
import { backupRun, instantOf } from '../model/runs.ts';
import type { Plan, World } from '../model/world.ts';
import { fail, type Handlers } from './handlers.ts';

export const snapshotHandlers: Handlers = {
  'snapshots.details': ({ snapshotId }, { world }) => {
    const { mark, plan, name } = find(world, snapshotId);
    return {
      mark,
      evidence: plan === null ? null : evidenceOf(plan, mark),
      run: plan === null ? null : backupRun(plan, mark),
      summary: {
        id: mark.id,
        repositoryId: mark.repositoryId,
        runId: mark.runId,
        sourceId: plan === null ? null : sourceIdOf(plan.key),
        sourceName: name,
        time: instantOf(mark.time),
        askedAt: mark.askedAt === null ? null : instantOf(mark.askedAt),
        level: mark.level,
        method: mark.method,
        stallMs: mark.stallMs,
        kind: mark.kind,
        hostname: plan === null ? 'oldbox' : 'kestrel',
        username: plan === null ? 'root' : 'mika',
        paths: [...rootsOf(plan)],
        tags: plan === null ? ['nightly'] : ['stillpoint:1', ...(mark.pinned ? ['pin'] : [])],
        pinned: mark.pinned,
        files: mark.files,
        bytes: mark.bytes,
        newBytes: mark.newBytes,
      },
    };
  },
  'snapshots.tree': ({ snapshotId, path, offset, limit }, { world }) => {
    const { mark, plan } = find(world, snapshotId);
    const entries = entriesOfAll(filesOf(world, plan), path, rootsOf(plan), mark.time);
    return { entries: entries.slice(offset, offset + limit), total: entries.length };
  },
  'snapshots.readText': ({ snapshotId, path }, { world }) => {
    const { mark, plan } = find(world, snapshotId);
    const file = filesOf(world, plan).find((candidate) => candidate.path === path);
    const version = file?.versions.findLast(({ at }) => at <= mark.time);
    return { text: version?.text ?? null, dataUrl: null, size: version?.size ?? 0, truncated: false };
  },
  'snapshots.saveFileAs': ({ path }) => ({ path: `/home/mika/Downloads/${path.split('/').at(-1)}` }),
  'snapshots.diff': ({ before, after, offset, limit }, { world }) => {
    const from = find(world, before);
    const to = find(world, after);
    const changes = changesBetween(world, from.plan, from.mark.time, to.mark.time);
    return { changes: changes.slice(offset, offset + limit), total: changes.length };
  },
  'snapshots.setPinned': ({ snapshotId, pinned }, { world, emit }) => {
    const { mark } = find(world, snapshotId);
    const changed = { ...mark, pinned };
    world.lanes = world.lanes.map((lane) => ({
      ...lane,
      snapshots: lane.snapshots.map((other) => (other.id === snapshotId ? changed : other)),
    }));
    emit({ type: 'changed', topics: ['timeline'] });
    return changed;
  },
  'snapshots.remove': ({ snapshotId }, { world, emit }) => {
    find(world, snapshotId);
    world.lanes = world.lanes.map((lane) => ({
      ...lane,
      snapshots: lane.snapshots.filter(({ id }) => id !== snapshotId),
    }));
    emit({ type: 'changed', topics: ['timeline'] });
    return {};
  },
  'snapshots.verify': () => ({ runId: runIdOf('verify') }),
  'snapshots.saveProof': () => ({ path: '/home/mika/documents-proof.json' }),
  'search.files': ({ text, limit }, { world }) => {
    const typed = text.trim().toLowerCase();
    const hits = searched(world).flatMap(({ lane, latest, files }) =>
      files
        .filter(({ path }) => typed !== '' && path.split('/').at(-1)?.toLowerCase().includes(typed))
        .map((file) => ({
          path: file.path,
          type: 'file' as const,
          versions: file.versions.length,
          latest,
          sourceName: lane.name,
          size: file.versions.at(-1)?.size ?? 0,
          modifiedAt: instantOf(file.versions.at(-1)?.at ?? latest.time),
        })),
    );
    return { hits: hits.slice(0, limit), complete: true };
  },
  'search.versions': ({ path }, { world }) =>
    searched(world).flatMap(({ lane, files }) => {
      const file = files.find((candidate) => candidate.path === path);
      return (file?.versions ?? []).flatMap((version) => {
        const snapshot = lane.snapshots.find(({ time }) => time >= version.at);
        return snapshot === undefined ? [] : [{ snapshot, size: version.size, modifiedAt: instantOf(version.at) }];
      });
    }),
};

/** The sources whose files can be found. */
function searched(world: World) {
  return [plans.documents, plans.ledger].flatMap((plan) => {
    const lane = world.lanes.find(({ key }) => key === plan.key);
    const latest = lane?.snapshots.at(-1);
    return lane === undefined || latest === undefined ? [] : [{ lane, latest, files: filesOf(world, plan) }];
  });
}

function rootsOf(plan: Plan | null): readonly string[] {
  return plan === null ? ['/etc'] : placesOfPlan(plan);
}

export function filesOf(world: World, plan: Plan | null): MadeFile[] {
  const [only = '/', ...others] = rootsOf(plan);
  return others.length === 0 ? madeFiles(world.now, only) : ledgerFiles(world.now, [only, ...others]);
}

interface Found {
  readonly mark: SnapshotMark;
  readonly plan: Plan | null;
  readonly name: string;
}

export function find(world: World, snapshotId: string): Found {
  for (const lane of world.lanes) {
    const mark = lane.snapshots.find(({ id }) => id === snapshotId);
    if (mark === undefined) continue;
    const known: readonly Plan[] = Object.values(plans);
    const base = known.find(({ key }) => key === lane.key) ?? (lane.kind === 'foreign' ? null : plans.documents);
    const plan = base === null ? null : { ...base, key: lane.key, name: lane.name, level: mark.level ?? base.level };
    return { mark, plan, name: lane.name };
  }
  throw fail('unknown-snapshot', 'This snapshot is no longer there.', 'It was deleted; choose another one.');
}

export function changesBetween(world: World, plan: Plan | null, from: number, to: number): Change[] {
  return filesOf(world, plan).flatMap(({ path, versions }): Change[] => {
    const then = versions.findLast(({ at }) => at <= from);
    const later = versions.findLast(({ at }) => at <= to);
    if (then?.at === later?.at) return [];
    const change = then === undefined ? 'added' : later === undefined ? 'removed' : 'changed';
    return [{ path, change, type: 'file', sizeBefore: then?.size ?? null, sizeAfter: later?.size ?? null }];
  });
}
