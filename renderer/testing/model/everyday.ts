import type { NotRunReason } from '../../../shared/domain/schedule/facts.ts';
import { nextRuns } from '../../../shared/domain/schedule/next-runs.ts';
import { defaultConditionRules, type Schedule, type TimeWindow } from '../../../shared/domain/schedule/schedule.ts';
import { notRunSentence } from '../../../shared/domain/schedule/schedule-words.ts';
import { windowBands } from '../../../shared/domain/schedule/windows.ts';
import type { AlertChannelView } from '../../../shared/ipc/alerts.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';
import { machineZone, repositoryOf } from './build.ts';
import { day, hour, midnight, type World } from './world.ts';

const GiB = 1024 ** 3;

/** Nobody was there for three days: the disk was away, the rights to hold still were never given. */
export function lateWorld(world: World): World {
  const since = midnight(world.now, 3) + 9 * hour;
  world.helper = { ...world.helper, scheduledStillPoints: false };
  world.repositories = [repositoryOf('Backup disk', { state: 'waiting', freeBytes: null, totalBytes: null })];
  world.lanes = world.lanes.map((lane) => {
    const snapshots = lane.snapshots.filter(({ time }) => lane.sourceId === null || time < since - hour);
    const missed = lane.sourceId === null ? [] : missedOf(world, lane, since, world.now);
    return { ...lane, snapshots, missed, failures: lane.failures.filter(({ at }) => at < since) };
  });
  world.sources = world.sources.map((source) => {
    const marks = world.lanes.find(({ sourceId }) => sourceId === source.id)?.snapshots ?? [];
    const last = marks.at(-1) ?? null;
    return {
      ...source,
      health: 'late',
      healthText: 'Last good backup 3 days ago. Waiting for Backup disk',
      last,
      lastGood: marks.findLast(({ level }) => level === source.policy.requiredLevel) ?? null,
      lateSince: since + day,
      heldBack: 'Waiting for Backup disk',
      nextRunAt: null,
    } satisfies SourceView;
  });
  world.runs = world.runs.filter(({ startedAt }) => Date.parse(startedAt) < since - hour);
  return world;
}

export function pausedWorld(world: World): World {
  const until = midnight(world.now, 0) + 14 * hour;
  world.schedule = { ...world.schedule, pausedUntil: until };
  world.lanes = world.lanes.map((lane) => ({ ...lane, planned: lane.planned.filter((time) => time >= until) }));
  world.sources = world.sources.map((source) => ({
    ...source,
    nextRunAt: world.lanes.find(({ sourceId }) => sourceId === source.id)?.planned[0] ?? null,
  }));
  return world;
}

const night: TimeWindow = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '22:00', to: '06:30' };
const hourly: Schedule = { kind: 'hourly', everyHours: 1, minute: 0 };

function missedBecause<S extends object>(
  span: S,
  because: NotRunReason,
): S & Pick<Lane['missed'][number], 'because' | 'text'> {
  return { ...span, because, text: notRunSentence(because) };
}

/** Documents run every hour, and the computer was off for two evenings; the machine's copies run at night only. */
export function missedWorld(world: World): World {
  const zone = machineZone();
  const nights = windowBands([night], world.now - 60 * day, world.now + 14 * day, zone);
  world.lanes = world.lanes.map((lane): Lane => {
    if (lane.key === 'documents') {
      const facts = { schedule: hourly, conditions: defaultConditionRules, now: world.now, zone, lastSnapshotAt: null };
      return {
        ...lane,
        planned: nextRuns(facts, 48),
        missed: [
          { from: midnight(world.now, 9) + 3 * hour, to: midnight(world.now, 9) + 17 * hour, runs: 15 },
          { from: midnight(world.now, 2) + 20 * hour, to: midnight(world.now, 1) + hour, runs: 6 },
          { from: midnight(world.now, 1) + 19 * hour, to: midnight(world.now, 1) + 21 * hour, runs: 3 },
          { from: midnight(world.now, 0) + 8 * hour, to: midnight(world.now, 0) + 8 * hour, runs: 1 },
        ].map((span) => missedBecause(span, span.runs === 1 ? 'metered' : 'not-running')),
      };
    }
    return lane.key === 'win-build' || lane.key === 'web-01' ? { ...lane, windows: nights } : lane;
  });
  world.sources = world.sources.map((source) => {
    const planned = world.lanes.find(({ sourceId }) => sourceId === source.id)?.planned ?? [];
    const policy =
      source.id === 'documents'
        ? { ...source.policy, schedule: hourly }
        : source.id === 'win-build' || source.id === 'web-01'
          ? { ...source.policy, conditions: { ...defaultConditionRules, windows: [night] } }
          : source.policy;
    return { ...source, policy, nextRunAt: planned[0] ?? null };
  });
  return world;
}

/** Full in nine days at the rate of the last month. */
export function fullWorld(world: World): World {
  world.repositories = world.repositories.map((repository) => ({
    ...repository,
    freeBytes: 3.1 * GiB,
    growthPerDay: 3.1 * GiB * (1 / 9),
    fullAt: world.now + 9 * day,
  }));
  return world;
}

export function alertsWorld(world: World): World {
  const kept = { hasSecret: true, secretIsKept: true };
  world.alerts = [
    {
      ...kept,
      channel: {
        kind: 'mail',
        id: 'mail-1',
        enabled: true,
        server: 'mail.example.org',
        port: 587,
        security: 'starttls',
        username: 'mika',
        from: 'backups@example.org',
        to: 'mika@example.org',
      },
      lastResult: 'accepted on Tue 17 Nov, 09:12',
      lastFailed: false,
    },
    {
      ...kept,
      channel: { kind: 'ntfy', id: 'ntfy-1', enabled: true, server: 'https://ntfy.sh', topic: 'kestrel-backups' },
      lastResult: 'The server answered 403 Forbidden: this topic needs a token.',
      lastFailed: true,
    },
    {
      ...kept,
      channel: { kind: 'healthchecks', id: 'hc-1', enabled: false, name: 'kestrel' },
      lastResult: '',
      lastFailed: false,
    },
  ] satisfies AlertChannelView[];
  world.schedule = { ...world.schedule, tray: false };
  world.helper = { ...world.helper, scheduledStillPoints: false };
  return world;
}

/** Every slot of a source's schedule between two instants, as one stretch in which nothing ran. */
function missedOf(world: World, lane: Lane, from: number, to: number): Lane['missed'] {
  const source = world.sources.find(({ id }) => id === lane.sourceId);
  if (source === undefined) return [];
  const { schedule, conditions } = source.policy;
  const slots = nextRuns({ schedule, conditions, now: from, zone: machineZone(), lastSnapshotAt: null }, 200).filter(
    (time) => time < to,
  );
  const [first, last] = [slots[0], slots.at(-1)];
  return first === undefined || last === undefined
    ? []
    : [missedBecause({ from: first, to: last, runs: slots.length }, 'repository-absent')];
}
