import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { GroupFacts } from '../../sources/group/facts.ts';
import { mappedDevice } from '../../system/device-mapper.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { Lease } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { longestStallOf, promiseOf } from '../precopy-freeze/preflight.ts';
import type { MeasuredStalls } from '../precopy-freeze/stall-model.ts';

/** All or nothing: each of them has to be held. A pause is as long as that of all of them, one after the other. */
export function groupPromise(
  facts: GroupFacts,
  lease: Lease,
  environment: QuiesceEnvironment,
  stalls: MeasuredStalls,
): MethodPromise {
  const promises = facts.members.map((member) => ({ member, promise: promiseOf(member, lease, environment, stalls) }));
  const refused = promises.filter(({ promise }) => !promise.available);
  const perFilesystem = new Map(
    promises.map(({ member, promise }) => [deviceNumber(member.mount), promise.expectedStallMs] as const),
  );
  const expectedStallMs = [...perFilesystem.values()].reduce((sum, ms) => sum + ms, 0);
  const longestStallMs = Math.min(...facts.members.map((member) => longestStallOf(member, lease, environment)));
  const isTooLong = refused.length === 0 && expectedStallMs > longestStallMs;
  const reasons =
    refused.length > 0
      ? refused.flatMap(({ member, promise }) => promise.reasons.map((reason) => `${member.location}: ${reason}`))
      : isTooLong
        ? [tooLong(expectedStallMs, longestStallMs, perFilesystem.size)]
        : [...promises.flatMap(({ promise }) => promise.reasons), ...together(facts, perFilesystem.size)];
  return {
    method: 'precopy-freeze',
    available: refused.length === 0 && !isTooLong,
    level: 'filesystem',
    expectedStallMs,
    reasons: [...new Set(reasons)],
    remedies: isTooLong ? ['raise-longest-stall'] : [...new Set(refused.flatMap(({ promise }) => promise.remedies))],
  };
}

function tooLong(expectedMs: number, longestMs: number, filesystems: number): string {
  return `Writers would pause about ${Math.ceil(expectedMs)} ms, because ${filesystems} filesystems are held one after the other; ${longestMs} ms are allowed.`;
}

/** What is to be known of several together. */
function together({ members, paths }: GroupFacts, filesystems: number): string[] {
  const order = `What programs write to ${paths.join(' and ')} in order is in the copy in that order.`;
  const held =
    filesystems > 1
      ? [`${filesystems} filesystems are held at the same time; the pause is that of all of them, one after the other.`]
      : [];
  return [order, ...held, ...members.flatMap(ofVolume)];
}

/** Alone it would be copied from a snapshot of its volume, without a pause or with a shorter one. */
function ofVolume({ location, filesystem, mount }: FilesystemFacts): string[] {
  const isVolume =
    filesystem === 'btrfs' ||
    filesystem === 'zfs' ||
    mappedDevice(deviceNumber(mount))?.uuid.startsWith('LVM-') === true;
  if (!isVolume) return [];
  return [`${location} is held like the others: a snapshot of its volume would be of another instant than theirs.`];
}
