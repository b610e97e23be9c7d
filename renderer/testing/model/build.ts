import { isAtLeast } from '../../../shared/domain/level.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane, SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { repositoryIdOf, sourceIdOf } from './ids.ts';
import type { Plan, World } from './world.ts';

const GiB = 1024 ** 3;

export function emptyWorld(now: number): World {
  return {
    now,
    plans: [],
    sources: [],
    repositories: [],
    lanes: [],
    runs: [],
    settings: {
      version: 1,
      theme: 'system',
      language: 'system',
      firstRunDone: true,
      selectedSourceId: null,
      timelineView: null,
    },
    helper: {
      state: 'ready',
      canFreeze: true,
      explanation: '',
      canAskForRights: false,
      refused: false,
      crashes: 0,
    },
    secretStore: { available: true, backend: 'gnome_libsecret' },
  };
}

export function repositoryOf(
  name: string,
  changes: Partial<World['repositories'][number]>,
): World['repositories'][number] {
  return {
    id: repositoryIdOf(name),
    name,
    location: { kind: 'local', path: '/media/mika/Backup/stillpoint' },
    ownerUid: 1000,
    keyIds: ['a'.repeat(64)],
    state: 'ready',
    freeBytes: 410 * GiB,
    totalBytes: 931 * GiB,
    sameDiskSources: [],
    passwordRemembered: true,
    snapshots: 0,
    ...changes,
  };
}

export function laneOf(plan: Plan, snapshots: SnapshotMark[], rest: Partial<Lane> = {}): Lane {
  return {
    key: plan.key,
    sourceId: sourceIdOf(plan.key),
    name: plan.name,
    detail: plan.detail,
    kind: plan.kind,
    snapshots,
    failures: [],
    staticBands: [],
    logBands: [],
    planned: [],
    ...rest,
  };
}

export function sourceOf(plan: Plan, marks: readonly SnapshotMark[]): SourceView {
  return {
    id: sourceIdOf(plan.key),
    name: plan.name,
    spec: { kind: 'filesystem', path: plan.path, excludes: [], excludePresets: [], ignoreLines: [] },
    policy: {
      repositoryId: repositoryIdOf(plan.repository),
      requiredLevel: plan.requiredLevel,
      longestStallMs: 250,
    },
    ownerUid: 1000,
    health: plan.health,
    healthText: plan.healthText,
    last: marks.at(-1) ?? null,
    lastGood: marks.findLast(({ level }) => level !== null && isAtLeast(level, plan.requiredLevel)) ?? null,
    runningRunId: null,
  };
}
