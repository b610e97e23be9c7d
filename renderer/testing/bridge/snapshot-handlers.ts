import type { Change } from '../../../shared/domain/snapshot.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { evidenceOf } from '../model/evidence.ts';
import { entriesOf, madeFiles } from '../model/files.ts';
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
        paths: [plan?.path ?? '/etc'],
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
    const root = plan?.path ?? '/etc';
    const entries = entriesOf(madeFiles(world.now, root), path, root, mark.time);
    return { entries: entries.slice(offset, offset + limit), total: entries.length };
  },
  'snapshots.readText': ({ snapshotId, path }, { world }) => {
    const { mark, plan } = find(world, snapshotId);
    const file = madeFiles(world.now, plan?.path ?? '/etc').find((candidate) => candidate.path === path);
    const version = file?.versions.findLast(({ at }) => at <= mark.time);
    return { text: version?.text ?? null, dataUrl: null, size: version?.size ?? 0, truncated: false };
  },
  'snapshots.saveFileAs': ({ path }) => ({ path: `/home/mika/Downloads/${path.split('/').at(-1)}` }),
  'snapshots.diff': ({ before, after, offset, limit }, { world }) => {
    const from = find(world, before);
    const to = find(world, after);
    const changes = changesBetween(world, from.plan?.path ?? '/etc', from.mark.time, to.mark.time);
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
    const lane = world.lanes.find(({ key }) => key === plans.documents.key);
    const latest = lane?.snapshots.at(-1);
    if (lane === undefined || latest === undefined || text.trim() === '') return { hits: [], complete: true };
    const hits = madeFiles(world.now, plans.documents.path)
      .filter(({ path }) => path.split('/').at(-1)?.toLowerCase().includes(text.trim().toLowerCase()))
      .slice(0, limit)
      .map((file) => ({
        path: file.path,
        type: 'file' as const,
        versions: file.versions.length,
        latest,
        sourceName: lane.name,
        size: file.versions.at(-1)?.size ?? 0,
        modifiedAt: instantOf(file.versions.at(-1)?.at ?? latest.time),
      }));
    return { hits, complete: true };
  },
  'search.versions': ({ path }, { world }) => {
    const marks = world.lanes.find(({ key }) => key === plans.documents.key)?.snapshots ?? [];
    const file = madeFiles(world.now, plans.documents.path).find((candidate) => candidate.path === path);
    return (file?.versions ?? []).flatMap((version) => {
      const snapshot = marks.find(({ time }) => time >= version.at);
      return snapshot === undefined ? [] : [{ snapshot, size: version.size, modifiedAt: instantOf(version.at) }];
    });
  },
};

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

export function changesBetween(world: World, root: string, from: number, to: number): Change[] {
  return madeFiles(world.now, root).flatMap(({ path, versions }): Change[] => {
    const then = versions.findLast(({ at }) => at <= from);
    const later = versions.findLast(({ at }) => at <= to);
    if (then?.at === later?.at) return [];
    const change = then === undefined ? 'added' : later === undefined ? 'removed' : 'changed';
    return [{ path, change, type: 'file', sizeBefore: then?.size ?? null, sizeAfter: later?.size ?? null }];
  });
}
