import { accessSync, constants, readFileSync } from 'node:fs';
import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { mountsBackedBy } from '../../system/backing.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { filesystemsUnder } from '../../system/dependencies.ts';
import { filesystemKind } from '../../system/filesystem-kind.ts';
import { deviceNumber } from '../../system/mounts.ts';
import { spaceOf } from '../../system/space.ts';
import type { Lease } from '../contract.ts';
import { defaultSpoolMemoryBytes, type QuiesceEnvironment } from '../environment.ts';
import { expectedStallMs } from './stall-estimate.ts';

/** Room for what a tree grows by between counting and freezing. */
const growth = 1.1;
const growthBytes = 4 * 1024 * 1024;
/** Descriptors the helper needs for everything else. */
const otherDescriptors = 300;

interface Obstacle {
  readonly reason: string;
  readonly remedy?: MethodPromise['remedies'][number];
}

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

/** Whether RCU can be hurried for the time of the freeze, which makes the freeze call ten times shorter. */
export function canExpediteRcu(): boolean {
  try {
    accessSync('/sys/kernel/rcu_expedited', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a frozen copy of this source can promise. Looks only. */
export function promiseOf(facts: FilesystemFacts, lease: Lease, environment: QuiesceEnvironment): MethodPromise {
  const entries = facts.files + facts.directories + facts.others;
  const spool = planSpool(facts.storedBytes, environment);
  const stallMs = expectedStallMs({
    entries,
    bytes: facts.storedBytes,
    memoryBytes: spool.memoryBytes,
    isExpedited: canExpediteRcu(),
  });
  const obstacles = [
    ...rightsObstacles(),
    ...kindObstacles(facts),
    ...placeObstacles(facts, environment),
    ...sizeObstacles(facts, entries, stallMs, lease),
    ...spaceObstacles(facts, spool, environment),
  ];
  return {
    method: 'fsfreeze-copy',
    available: obstacles.length === 0,
    level: 'filesystem',
    expectedStallMs: stallMs,
    reasons: obstacles.length > 0 ? obstacles.map(({ reason }) => reason) : limits(facts),
    remedies: [...new Set(obstacles.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])))],
  };
}

function rightsObstacles(): Obstacle[] {
  if (processAbilities().canFreeze) return [];
  return [{ reason: 'Holding a filesystem still needs administrator rights.', remedy: 'grant-helper' }];
}

function kindObstacles(facts: FilesystemFacts): Obstacle[] {
  const kind = filesystemKind(facts.mount);
  if (kind.freezable !== 'no') return [];
  if (kind.isNetwork)
    return [{ reason: `${facts.filesystem} is on another machine and cannot be held still from here.` }];
  return [{ reason: `A filesystem of the kind ${facts.filesystem} cannot be held still.` }];
}

/** Nobody who takes part in a backup may have to wait for the filesystem that is frozen. */
function placeObstacles(facts: FilesystemFacts, environment: QuiesceEnvironment): Obstacle[] {
  const source = deviceNumber(facts.mount);
  const standsOnSource = (path: string): boolean => filesystemsUnder(path).has(source);
  if (standsOnSource('/'))
    return [{ reason: 'It is the filesystem the whole system runs from, which is never held for a copy.' }];
  const obstacles: Obstacle[] = [];
  if (environment.onlyDirectPlaces === true && facts.followedFrom !== null)
    obstacles.push({
      reason: `${facts.followedFrom} is reached through a link, which could be made to lead elsewhere; add ${facts.location} itself.`,
    });
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
  if (!facts.counted)
    return [{ reason: 'It is too large to be copied while writers wait.', remedy: 'raise-longest-stall' }];
  const obstacles: Obstacle[] = [];
  if (stallMs > lease.longestStallMs)
    obstacles.push({
      reason: `Writers would pause about ${stallMs} ms, longer than the ${lease.longestStallMs} ms allowed.`,
      remedy: 'raise-longest-stall',
    });
  const limit = openFilesLimit() - otherDescriptors;
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
  const reasons = ['Writers wait while everything is copied; programs inside recover as after a power cut.'];
  if (facts.mountPoint !== facts.location)
    reasons.push(
      `Everybody who writes anywhere on ${facts.mountPoint} waits, not only those who write to this folder.`,
    );
  const above = [...new Set(mountsBackedBy(facts.mount).map(({ mountPoint }) => mountPoint))];
  if (above.length > 0)
    reasons.push(`So does whoever writes to what is mounted from files on it: ${above.join(', ')}.`);
  return reasons;
}

/** Source: proc_pid_limits(5). */
function openFilesLimit(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
  return limit === undefined ? 1024 : Number(limit);
}
