import { readFileSync } from 'node:fs';
import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { mountsBackedBy } from '../../system/backing.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { filesystemsUnder } from '../../system/dependencies.ts';
import { filesystemKind } from '../../system/filesystem-kind.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { QuiesceEnvironment } from '../environment.ts';

/** Why a filesystem is not held, for people, and what would help. */
export interface Obstacle {
  readonly reason: string;
  readonly remedy?: MethodPromise['remedies'][number] | undefined;
}

export function rightsObstacles(): Obstacle[] {
  if (processAbilities().canFreeze) return [];
  return [{ reason: 'Holding a filesystem still needs administrator rights.', remedy: 'grant-helper' }];
}

export function kindObstacles(facts: FilesystemFacts): Obstacle[] {
  const kind = filesystemKind(facts.mount);
  if (kind.freezable !== 'no') return [];
  if (kind.isNetwork)
    return [{ reason: `${facts.filesystem} is on another machine and cannot be held still from here.` }];
  return [{ reason: `A filesystem of the kind ${facts.filesystem} cannot be held still.` }];
}

/** An administrator agreed to a place; what is reached through a link can be made to lead elsewhere afterwards. */
export function linkObstacles(facts: FilesystemFacts, environment: QuiesceEnvironment): Obstacle[] {
  if (environment.onlyDirectPlaces !== true || facts.followedFrom === null) return [];
  return [
    {
      reason: `${facts.followedFrom} is reached through a link, which could be made to lead elsewhere; add ${facts.location} itself.`,
    },
  ];
}

/** Which places need the filesystem of the source, whatever lies between: loop devices, overlays. */
export function standsOn(facts: FilesystemFacts): (path: string) => boolean {
  const source = deviceNumber(facts.mount);
  return (path) => filesystemsUnder(path).has(source);
}

/** Who else waits: to be known although it is possible. */
export function whoElseWaits(facts: FilesystemFacts): string[] {
  const reasons: string[] = [];
  if (facts.mountPoint !== facts.location)
    reasons.push(
      `Everybody who writes anywhere on ${facts.mountPoint} waits, not only those who write to this folder.`,
    );
  const above = [...new Set(mountsBackedBy(facts.mount).map(({ mountPoint }) => mountPoint))];
  if (above.length > 0)
    reasons.push(`So does whoever writes to what is mounted from files on it: ${above.join(', ')}.`);
  return reasons;
}

/** The remedies of all obstacles, each once. */
export function remediesOf(obstacles: readonly Obstacle[]): MethodPromise['remedies'] {
  return [...new Set(obstacles.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])))];
}

/** Asked again before anything is held: what must never be frozen is not left to a promise that may be old. */
export function requireAvailable(promise: Pick<MethodPromise, 'available' | 'reasons'>): void {
  if (promise.available) return;
  throw new StillpointError({
    kind: 'freeze-refused',
    message: promise.reasons.join(' '),
    guidance: 'Nothing was held still. Back up live, or remove what stands in the way.',
  });
}

/** Descriptors the helper needs for everything else. */
const otherDescriptors = 300;

/** How many files may be open at once while writers wait. Source: proc_pid_limits(5). */
export function descriptorsToSpare(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
  return (limit === undefined ? 1024 : Number(limit)) - otherDescriptors;
}
