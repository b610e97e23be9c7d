import { noCare } from '../../../shared/domain/care.ts';
import { isAtLeast } from '../../../shared/domain/level.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { nextRuns } from '../../../shared/domain/schedule/next-runs.ts';
import { type ConditionRules, defaultConditionRules } from '../../../shared/domain/schedule/schedule.ts';
import { windowBands } from '../../../shared/domain/schedule/windows.ts';
import { filesystemSpec, type SourceSpec } from '../../../shared/domain/source.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane, SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { repositoryIdOf, sourceIdOf } from './ids.ts';
import { day, type Plan, type World } from './world.ts';

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
      startAtLogin: null,
      keepRunning: null,
      notifySuccess: false,
    },
    helper: {
      state: 'ready',
      canFreeze: true,
      explanation: '',
      canAskForRights: false,
      refused: false,
      crashes: 0,
      scheduledStillPoints: true,
    },
    secretStore: { available: true, backend: 'gnome_libsecret' },
    schedule: { pausedUntil: null, tray: true, startsAtLogin: true },
    alerts: [],
    trial: {
      ...{ concerns: false, isNeeded: false, mayStallMs: 250, obstacles: [], last: null },
      ...{ kernel: '6.12.9-amd64', mountPoint: '/' },
    },
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
    mountPoint: '/media/mika/Backup',
    removable: true,
    network: false,
    growthPerDay: 1.2 * GiB * (12 / 365),
    fullAt: null,
    credentialsRefused: false,
    passwordKnown: true,
    care: noCare,
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
    missed: [],
    windows: [],
    ...rest,
  };
}

/** A lane with what its plan says about the days to come. */
export function plannedLane(plan: Plan, snapshots: SnapshotMark[], now: number, rest: Partial<Lane> = {}): Lane {
  return laneOf(plan, snapshots, {
    planned: plannedRuns(plan, snapshots, now),
    windows:
      plan.windows === undefined ? [] : windowBands(plan.windows, now - 400 * day, now + 30 * day, machineZone()),
    ...rest,
  });
}

export function plannedRuns(plan: Plan, snapshots: readonly SnapshotMark[], now: number): number[] {
  const lastSnapshotAt = snapshots.at(-1)?.askedAt ?? null;
  return nextRuns(
    { schedule: plan.schedule, conditions: conditionsOf(plan), now, zone: machineZone(), lastSnapshotAt },
    24,
  );
}

export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function conditionsOf(plan: Plan): ConditionRules {
  return { ...defaultConditionRules, windows: (plan.windows ?? []).map((window) => ({ ...window })) };
}

/** Every place of a plan, first the one it is known by. */
export function placesOfPlan({ path, others = [] }: Plan): readonly string[] {
  return [path, ...others];
}

function specOf(plan: Plan): SourceSpec {
  const members = placesOfPlan(plan).map((path) => filesystemSpec(path));
  return plan.others === undefined ? filesystemSpec(plan.path) : { kind: 'group', members };
}

export function sourceOf(plan: Plan, marks: readonly SnapshotMark[], now: number | null = null): SourceView {
  return {
    id: sourceIdOf(plan.key),
    name: plan.name,
    spec: specOf(plan),
    policy: {
      ...defaultPolicy(repositoryIdOf(plan.repository), plan.requiredLevel),
      schedule: plan.schedule,
      conditions: conditionsOf(plan),
    },
    ownerUid: 1000,
    health: plan.health,
    healthText: plan.healthText,
    last: marks.at(-1) ?? null,
    lastGood: marks.findLast(({ level }) => level !== null && isAtLeast(level, plan.requiredLevel)) ?? null,
    runningRunId: null,
    nextRunAt: now === null ? null : (plannedRuns(plan, marks, now)[0] ?? null),
    heldBack: '',
    lateSince: null,
    notes: [],
  };
}
