import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { Lease } from '../contract.ts';
import { tracesMappedWrites } from '../ctime/mapped-writes.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import {
  kindObstacles,
  linkObstacles,
  type Obstacle,
  remediesOf,
  rightsObstacles,
  standsOn,
  whoElseWaits,
} from '../holding/obstacles.ts';
import type { MeasuredStalls } from './stall-model.ts';

/** What holding a source still for its last changes can promise. Looks only. */
export function promiseOf(
  facts: FilesystemFacts,
  lease: Lease,
  environment: QuiesceEnvironment,
  stalls: MeasuredStalls,
): MethodPromise {
  const expectedStallMs = stalls.expectedMs(deviceNumber(facts.mount));
  const longestStallMs = longestStallOf(facts, lease, environment);
  const basics = [...rightsObstacles(), ...kindObstacles(facts)];
  // What is asked further presumes a filesystem that can be held at all.
  const obstacles =
    basics.length > 0
      ? basics
      : [
          ...traceObstacles(facts),
          ...trackingObstacles(facts, environment),
          ...rootObstacles(facts, environment),
          ...linkObstacles(facts, environment),
          ...timeObstacles(expectedStallMs, longestStallMs),
        ];
  return {
    method: 'precopy-freeze',
    available: obstacles.length === 0,
    level: 'filesystem',
    expectedStallMs,
    reasons: obstacles.length > 0 ? obstacles.map(({ reason }) => reason) : limits(facts),
    remedies: remediesOf(obstacles),
  };
}

/** What the system, or Stillpoint, runs from may be held for a shorter time than other filesystems. */
export function longestStallOf(facts: FilesystemFacts, lease: Lease, environment: QuiesceEnvironment): number {
  if (environment.root === undefined || !runsFrom(facts, environment)) return lease.longestStallMs;
  return Math.min(lease.longestStallMs, environment.root.leaseMs);
}

/** Whether the system, or Stillpoint itself, runs from the filesystem of the source. */
export function runsFrom(facts: FilesystemFacts, environment: QuiesceEnvironment): boolean {
  const standsOnSource = standsOn(facts);
  return (
    standsOnSource('/') || environment.programPlaces.some(standsOnSource) || environment.root?.concerns(facts) === true
  );
}

function traceObstacles(facts: FilesystemFacts): Obstacle[] {
  if (tracesMappedWrites(facts.filesystem)) return [];
  return [
    {
      reason: `On ${facts.filesystem} programs can change files in memory without a trace, so what is read before a pause could not be relied upon.`,
    },
  ];
}

function trackingObstacles(facts: FilesystemFacts, environment: QuiesceEnvironment): Obstacle[] {
  if (environment.journal === undefined)
    return [{ reason: 'Changes are not followed here, so nothing can be read before the pause.' }];
  if (environment.trackers === undefined) return [];
  const tree = facts.openTree();
  try {
    const problem = environment.trackers.problem(tree.rootFd);
    return problem === null ? [] : [{ reason: problem }];
  } finally {
    tree.close();
  }
}

function rootObstacles(facts: FilesystemFacts, environment: QuiesceEnvironment): Obstacle[] {
  if (!runsFrom(facts, environment)) return [];
  if (environment.root !== undefined) return [...environment.root.obstacles(facts)];
  const reason = standsOn(facts)('/')
    ? 'It is the filesystem the whole system runs from, which is not held here.'
    : 'Stillpoint itself runs from this filesystem.';
  return [{ reason }];
}

function timeObstacles(expectedMs: number, longestMs: number): Obstacle[] {
  if (expectedMs <= longestMs) return [];
  return [
    {
      reason: `Writers would pause about ${expectedMs} ms, longer than the ${longestMs} ms allowed.`,
      remedy: 'raise-longest-stall',
    },
  ];
}

/** What is to be known although it is possible. */
function limits(facts: FilesystemFacts): string[] {
  return [
    'Nearly everything is copied while programs go on writing; they wait only for what changed last. Programs inside recover as after a power cut.',
    ...whoElseWaits(facts),
  ];
}
