import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { Lane, SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { emptyWorld, plannedLane, repositoryOf, sourceOf } from './build.ts';
import { caredWorld, damagedWorld, serversWorld } from './care.ts';
import { alertsWorld, fullWorld, lateWorld, missedWorld, pausedWorld } from './everyday.ts';
import { groupWorld } from './group.ts';
import { hugeWorld } from './huge.ts';
import { repositoryIdOf, snapshotIdOf } from './ids.ts';
import { keptTimes, markOf } from './marks.ts';
import { plans } from './plans.ts';
import { backupRun, failedRun } from './runs.ts';
import { kernelChangedWorld, systemWorld } from './system.ts';
import { day, hour, midnight, minute, type Plan, type World } from './world.ts';

export const sceneNames = [
  'normal',
  'empty',
  'running',
  'errors',
  'huge',
  'locked',
  'first-run',
  'late',
  'paused',
  'missed',
  'full-repository',
  'alerts',
  'system',
  'kernel-changed',
  'group',
  'cared',
  'damaged',
  'servers',
] as const;
export type SceneName = (typeof sceneNames)[number];

export function buildScene(name: SceneName, now: number): World {
  switch (name) {
    case 'normal':
    case 'running':
      return normalWorld(now);
    case 'empty':
      return { ...emptyWorld(now), repositories: [repositoryOf('Backup disk', {})] };
    case 'first-run':
      return { ...emptyWorld(now), settings: { ...emptyWorld(now).settings, firstRunDone: false } };
    case 'errors':
      return errorsWorld(now);
    case 'locked':
      return lockedWorld(now);
    case 'late':
      return lateWorld(normalWorld(now));
    case 'paused':
      return pausedWorld(normalWorld(now));
    case 'missed':
      return missedWorld(normalWorld(now));
    case 'full-repository':
      return fullWorld(normalWorld(now));
    case 'alerts':
      return alertsWorld(normalWorld(now));
    case 'system':
      return systemWorld(normalWorld(now));
    case 'kernel-changed':
      return kernelChangedWorld(normalWorld(now));
    case 'group':
      return groupWorld(normalWorld(now));
    case 'cared':
      return caredWorld(normalWorld(now));
    case 'damaged':
      return damagedWorld(normalWorld(now));
    case 'servers':
      return serversWorld(normalWorld(now));
    case 'huge':
      return hugeWorld(now);
  }
}

function normalWorld(now: number): World {
  const world = emptyWorld(now);
  const since = now - 3.7 * 365 * day;
  const at = (days: number, hours: number): number => midnight(now, days) + hours * hour;

  const documents = keptTimes(now, since, [2, 10, 18])
    .filter((time) => time !== at(3, 14) && time !== at(3, 18))
    .map((time) => markOf(plans.documents, time));
  const shop = keptTimes(now, now - 400 * day, [2.1667]).map((time) => markOf(plans.shop, time));
  const build = keptTimes(now, now - 200 * day, [2.5]).map((time, index, all) =>
    markOf(plans.build, time, { verified: index < all.length - 2 }),
  );
  const web = keptTimes(now, now - 120 * day, [7])
    .filter((time) => time < at(0, 0))
    .map((time) => markOf(plans.web, time));
  const photos = keptTimes(now, now - 500 * day, [2]).map((time) =>
    markOf(plans.photos, time, { level: photoLevel(time, at(3, 0), at(5, 0)) }),
  );

  const missed = failedRun(plans.documents, at(3, 14), 'waiting', 'The backup disk was not connected.', null);
  const failed = failedRun(plans.web, at(8, 7), 'failed', 'The cloud did not answer.', {
    kind: 'source-absent',
    message: 'The cloud did not answer within 30 seconds.',
    guidance: 'Nothing was stored, and earlier snapshots are not affected. Check the connection, then back up again.',
    retryable: true,
    context: {},
  });

  world.lanes = [
    plannedLane(plans.documents, documents, now, {
      failures: [{ runId: missed.runId, at: at(3, 14), outcome: 'waiting', text: 'the backup disk was not connected' }],
      staticBands: quietBands(at),
    }),
    plannedLane(plans.shop, shop, now, {
      logBands: [
        { from: at(60, 3.2), to: at(31, 12) },
        { from: at(6, 3.2), to: now - 2_000 },
      ],
    }),
    plannedLane(plans.build, build, now, {
      staticBands: [
        { from: at(7, 11), to: at(5, 6) },
        { from: at(3, 1), to: at(2, 6) },
      ],
    }),
    plannedLane(plans.web, web, now, {
      failures: [{ runId: failed.runId, at: at(8, 7), outcome: 'failed', text: 'the cloud did not answer' }],
    }),
    plannedLane(plans.photos, photos, now, {
      staticBands: [
        { from: at(8, 4), to: at(5, 21) },
        { from: at(3, 3), to: at(3, 18) },
      ],
    }),
    foreignLane(now),
  ];
  world.sources = [
    sourceOf(plans.documents, documents, now),
    sourceOf(plans.shop, shop, now),
    sourceOf(plans.build, build, now),
    sourceOf(plans.web, web, now),
    sourceOf(plans.photos, photos, now),
  ];
  world.repositories = [repositoryOf('Backup disk', { snapshots: documents.length + shop.length + build.length })];
  world.runs = [
    ...recentRuns(plans.documents, documents, 24),
    ...recentRuns(plans.shop, shop, 6),
    ...recentRuns(plans.build, build, 6),
    ...recentRuns(plans.web, web, 6),
    ...recentRuns(plans.photos, photos, 6),
    missed,
    failed,
  ].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  return world;
}

function photoLevel(time: number, tornSince: number, mixedSince: number): ConsistencyLevel {
  if (time >= tornSince) return 'torn';
  return time >= mixedSince ? 'per-file' : 'observed-static';
}

/** Two weeks of nights, two of them with work in them, and some midday rests. */
function quietBands(at: (days: number, hours: number) => number): Lane['staticBands'] {
  return [14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].flatMap((back) => [
    back === 9 || back === 4 ? { from: at(back, 3.1), to: at(back, 5.7) } : { from: at(back, 0.9), to: at(back, 5.6) },
    ...(back <= 6 ? [{ from: at(back, 11.2), to: at(back, 14.6) }] : []),
  ]);
}

function recentRuns(plan: Plan, marks: readonly SnapshotMark[], count: number): World['runs'] {
  return marks.slice(-count).map((mark) => backupRun(plan, mark));
}

/** Snapshots another program put into the same repository: nothing is known about how still they were. */
function foreignLane(now: number): Lane {
  const snapshots = [41, 34, 27, 20, 13, 4].map((days): SnapshotMark => {
    const time = midnight(now, days) + 21 * hour + 14 * minute;
    return {
      id: snapshotIdOf(`oldbox ${days}`),
      repositoryId: repositoryIdOf('Backup disk'),
      runId: null,
      time,
      askedAt: null,
      level: null,
      method: null,
      stallMs: null,
      frozenAt: null,
      thawedAt: null,
      kind: 'foreign',
      pinned: days === 41,
      verified: false,
      files: null,
      bytes: null,
      newBytes: null,
    };
  });
  return {
    key: 'foreign-oldbox',
    sourceId: null,
    name: 'oldbox',
    detail: 'restic on oldbox · /etc',
    kind: 'foreign',
    snapshots,
    failures: [],
    staticBands: [],
    logBands: [],
    planned: [],
    missed: [],
    windows: [],
  };
}

function errorsWorld(now: number): World {
  const world = normalWorld(now);
  world.helper = {
    state: 'ready',
    canFreeze: false,
    explanation: 'Stillpoint runs without an administrator’s permission, so it cannot hold a filesystem still.',
    canAskForRights: true,
    refused: false,
    crashes: 0,
    scheduledStillPoints: false,
  };
  world.repositories = [repositoryOf('Backup disk', { state: 'waiting', freeBytes: null, totalBytes: null })];
  world.sources = world.sources.map((source) =>
    source.name === 'web-01'
      ? { ...source, health: 'failed', healthText: 'the cloud did not answer' }
      : source.name === 'Documents'
        ? { ...source, health: 'waiting', healthText: 'Waiting for Backup disk', safeMeanwhile: true }
        : source,
  );
  const at = now - 26 * minute;
  const failed = failedRun(plans.web, at, 'failed', 'The cloud did not answer.', {
    kind: 'source-absent',
    message: 'The cloud did not answer within 30 seconds.',
    guidance: 'Nothing was stored, and earlier snapshots are not affected. Check the connection, then back up again.',
    retryable: true,
    context: { host: 'cloud.example' },
    cause: { kind: 'io', message: 'connect ETIMEDOUT 203.0.113.9:5000', guidance: '', retryable: true, context: {} },
  });
  world.runs = [failed, ...world.runs];
  world.lanes = world.lanes.map((lane) =>
    lane.key === 'web-01'
      ? {
          ...lane,
          failures: [
            ...lane.failures,
            { runId: failed.runId, at, outcome: 'failed', text: 'the cloud did not answer' },
          ],
        }
      : lane,
  );
  return world;
}

function lockedWorld(now: number): World {
  const world = normalWorld(now);
  world.repositories = [repositoryOf('Backup disk', { state: 'password-needed', passwordRemembered: false })];
  world.secretStore = { available: false, backend: 'basic_text' };
  world.sources = world.sources.map((source) => ({
    ...source,
    ...{ health: 'waiting', healthText: 'Waiting for the password of Backup disk', safeMeanwhile: true },
  }));
  return world;
}
