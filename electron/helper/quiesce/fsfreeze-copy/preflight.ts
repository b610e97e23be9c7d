import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { spaceOf } from '../../system/space.ts';
import type { Lease } from '../contract.ts';
import { defaultSpoolMemoryBytes, type QuiesceEnvironment } from '../environment.ts';
import {
  descriptorsToSpare,
  kindObstacles,
  linkObstacles,
  type Obstacle,
  remediesOf,
  rightsObstacles,
  standsOn,
  whoElseWaits,
} from '../holding/obstacles.ts';
import { canExpediteRcu } from '../holding/rcu.ts';
import { expectedStallMs } from './stall-estimate.ts';

/** Room for what a tree grows by between counting and freezing. */
const growth = 1.1;
const growthBytes = 4 * 1024 * 1024;

export interface SpoolPlan {
  readonly memoryBytes: number;
  readonly scratchBytes: number;
}

/** How a tree of this many stored bytes is kept. */
export function planSpool(storedBytes: number, environment: QuiesceEnvironment): SpoolPlan {
  const needed = Math.ceil(storedBytes * growth) + growthBytes;
  const memoryBytes = Math.min(needed, environment.spoolMemoryBytes ?? defaultSpoolMemoryBytes);
  return { memoryBytes, scratchBytes: needed - memoryBytes };
}

/**
 * What a frozen copy of this source can promise, and the facts it is promised of. Looks only, and counts only where nothing
 * else keeps it from being held.
 */
export async function promiseOf(
  facts: FilesystemFacts,
  lease: Lease,
  environment: QuiesceEnvironment,
): Promise<{ readonly promise: MethodPromise; readonly counted: FilesystemFacts }> {
  const isHeldBack = facts.count !== undefined && lastingObstacles(facts, environment).length > 0;
  const counted = facts.count === undefined || isHeldBack ? facts : await facts.count();
  return { promise: promiseOfCounted(counted, lease, environment), counted };
}

function lastingObstacles(facts: FilesystemFacts, environment: QuiesceEnvironment): Obstacle[] {
  return [...rightsObstacles(), ...kindObstacles(facts), ...placeObstacles(facts, environment)];
}

function promiseOfCounted(facts: FilesystemFacts, lease: Lease, environment: QuiesceEnvironment): MethodPromise {
  const entries = facts.files + facts.directories + facts.others;
  const spool = planSpool(facts.storedBytes, environment);
  const stallMs = expectedStallMs({
    entries,
    bytes: facts.storedBytes,
    memoryBytes: spool.memoryBytes,
    isExpedited: canExpediteRcu(),
  });
  const obstacles = [
    ...lastingObstacles(facts, environment),
    ...sizeObstacles(facts, entries, stallMs, lease),
    ...spaceObstacles(facts, spool, environment),
  ];
  return {
    method: 'fsfreeze-copy',
    available: obstacles.length === 0,
    level: 'filesystem',
    expectedStallMs: stallMs,
    reasons: obstacles.length > 0 ? obstacles.map(({ reason }) => reason) : limits(facts),
    remedies: remediesOf(obstacles),
  };
}

/** Nobody who takes part in a backup may have to wait for the filesystem that is frozen. */
function placeObstacles(facts: FilesystemFacts, environment: QuiesceEnvironment): Obstacle[] {
  const standsOnSource = standsOn(facts);
  if (standsOnSource('/'))
    return [{ reason: 'It is the filesystem the whole system runs from, which is never held for a copy.' }];
  if (environment.root?.concerns(facts) === true)
    return [{ reason: 'The system needs this filesystem to go on, so it is never held for a whole copy.' }];
  const obstacles: Obstacle[] = linkObstacles(facts, environment);
  if (environment.programPlaces.some(standsOnSource))
    obstacles.push({ reason: 'Stillpoint itself runs from this filesystem.' });
  const own = [...environment.own().paths, environment.scratchDirectory].filter(standsOnSource);
  if (own.length > 0)
    obstacles.push({
      reason: `Stillpoint keeps its own data on the same filesystem (${own[0]}), and would have to wait for it.`,
      remedy: 'move-repository',
    });
  return obstacles;
}

function sizeObstacles(facts: FilesystemFacts, entries: number, stallMs: number, lease: Lease): Obstacle[] {
  // Put off, and not asked for: its size is not what keeps it from being held.
  if (facts.count !== undefined) return [];
  if (!facts.counted)
    return [{ reason: 'It is too large to be copied while writers wait.', remedy: 'raise-longest-stall' }];
  const obstacles: Obstacle[] = [];
  if (stallMs > lease.longestStallMs)
    obstacles.push({
      reason: `Writers would pause about ${stallMs} ms, longer than the ${lease.longestStallMs} ms allowed.`,
      remedy: 'raise-longest-stall',
    });
  const limit = descriptorsToSpare();
  if (facts.files * growth > limit)
    obstacles.push({
      reason: `It has ${facts.files} files in ${entries} entries; at most ${limit} can be open at once.`,
    });
  return obstacles;
}

function spaceObstacles(facts: FilesystemFacts, spool: SpoolPlan, environment: QuiesceEnvironment): Obstacle[] {
  if (spool.scratchBytes === 0) return [];
  try {
    if (spaceOf(environment.scratchDirectory).available >= BigInt(spool.scratchBytes)) return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      { reason: `The scratch folder ${environment.scratchDirectory} cannot be used (${why}).`, remedy: 'free-space' },
    ];
  }
  const mebibytes = Math.ceil(facts.storedBytes / 1024 ** 2);
  return [
    {
      reason: `There is no room for ${mebibytes} MiB in ${environment.scratchDirectory} while writers wait.`,
      remedy: 'free-space',
    },
  ];
}

/** What is to be known although it is possible. */
function limits(facts: FilesystemFacts): string[] {
  return [
    'Writers wait while everything is copied; programs inside recover as after a power cut.',
    ...whoElseWaits(facts),
  ];
}
