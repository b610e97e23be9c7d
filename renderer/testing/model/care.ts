import { type Care, type MadeCheck, noCare } from '../../../shared/domain/care.ts';
import type { LineLimits } from '../../../shared/domain/line-limits.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { repositoryOf } from './build.ts';
import { repositoryIdOf, runIdOf } from './ids.ts';
import { plans } from './plans.ts';
import { emptyRun, instantOf } from './runs.ts';
import { day, hour, type World } from './world.ts';

const GiB = 1024 ** 3;

/** The sixth part of ten was read three days ago, each part a week after the one before it. */
export function careOf(world: World): Care {
  const at = world.now - 3 * day - 5 * hour;
  const { allBytes, snapshots } = factsOf(world);
  const bytes = Math.round(allBytes * 0.098);
  const checked = { what: 'share' as const, part: 6, of: 10, snapshots, bytes, allBytes };
  return {
    ...noCare,
    lastCheck: { runId: runIdOf('planned check'), at, outcome: 'clean', checked, planned: true },
    verified: { share: 0.62, since: at - 5 * 7 * day },
    plan: { every: 'week', of: 10 },
    nextCheckAt: at + 7 * day,
  };
}

function shownFacts(world: World): { readonly snapshots: number; readonly growthPerDay: number } {
  const { snapshots, growthPerDay } = factsOf(world);
  return { snapshots, growthPerDay };
}

/** What follows from the snapshots on the timeline. */
function factsOf({ lanes, now }: World): {
  readonly snapshots: number;
  readonly allBytes: number;
  readonly growthPerDay: number;
} {
  const marks = lanes.flatMap(({ snapshots }) => snapshots);
  const sum = (some: typeof marks): number => some.reduce((all, { newBytes }) => all + (newBytes ?? 0), 0);
  const recent = marks.filter(({ time }) => time > now - 30 * day);
  return { snapshots: marks.length, allBytes: Math.round(sum(marks) * 1.134), growthPerDay: sum(recent) / 30 };
}

export function caredWorld(world: World): World {
  world.repositories = [
    ...world.repositories.map((repository) => ({ ...repository, ...shownFacts(world), care: careOf(world) })),
    repositoryOf('Attic disk', {
      growthPerDay: null,
      location: { kind: 'local', path: '/media/mika/Attic/stillpoint' },
      mountPoint: '/media/mika/Attic',
      freeBytes: 1_790 * GiB,
      totalBytes: 1_862 * GiB,
    }),
  ];
  return world;
}

const damagedPaths = [
  '2e5f1c88:/home/mika/Documents/thesis/chapter-3.odt',
  '2e5f1c88:/home/mika/Documents/taxes/2024.pdf',
];

/** A check of all data found two pieces that cannot be read. */
export function damagedWorld(world: World): World {
  const at = world.now - 9 * hour;
  const check = damagingCheck(at);
  const { allBytes, snapshots } = factsOf(world);
  const checked = { what: 'all' as const, part: null, of: null, snapshots, bytes: allBytes, allBytes };
  const lastCheck: MadeCheck = { runId: check.runId, at, outcome: 'damaged', checked, planned: true };
  world.runs = [check, ...world.runs];
  world.repositories = world.repositories.map((repository) => ({
    ...repository,
    ...shownFacts(world),
    care: {
      ...noCare,
      lastCheck,
      damage: { runId: check.runId, at },
      plan: { every: 'month', of: 1 },
      nextCheckAt: at + 30 * day,
    },
  }));
  return world;
}

function damagingCheck(at: number): RunView {
  return {
    ...emptyRun(plans.documents, runIdOf('damaging check'), at),
    kind: 'check',
    title: 'Check Backup disk, all data',
    sourceId: null,
    finishedAt: instantOf(at + hour),
    outcome: 'failed',
    summary: 'Damage found: 2 things in snapshots cannot be read.',
    warnings: damagedPaths.map((path) => ({
      code: 'blob-damaged',
      text: 'A piece of a file does not have the content it had when it was stored.',
      path,
    })),
    warningsTotal: 2,
  };
}

const limits: LineLimits = [
  {
    direction: 'upload',
    bytesPerSecond: 512 * 1024,
    window: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:30' },
  },
  {
    direction: 'upload',
    bytesPerSecond: 4 * 1024 ** 2,
    window: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '18:30', to: '23:00' },
  },
];

/** A disk, a REST server that is limited by the time of day, one whose sign-in is refused, one that does not answer. */
export function serversWorld(world: World): World {
  const remote = { freeBytes: null, totalBytes: null, mountPoint: '', removable: false, network: true };
  world.repositories = [
    repositoryOf('Office server', {
      ...remote,
      id: repositoryIdOf('Backup disk'),
      location: { kind: 'rest', url: 'https://backup.example.org:8000/mika/' },
      limits,
      ...shownFacts(world),
      care: { ...careOf(world), nextCheckAt: world.now - hour, heldBack: 'metered' },
    }),
    repositoryOf('Bucket', {
      ...remote,
      location: { kind: 'rest', url: 'https://nas.example.net/mika/' },
      state: 'password-needed',
      credentialsRefused: true,
    }),
    repositoryOf('Home of Aino', {
      ...remote,
      location: { kind: 'sftp', host: 'aino.example.net', user: 'mika', path: 'backups' },
      state: 'waiting',
    }),
  ];
  return world;
}
