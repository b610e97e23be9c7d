import { StillpointError } from '../../../../shared/errors/index.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { FilesystemFacts } from '../filesystem/facts.ts';
import type { GroupFacts } from './facts.ts';

/** The facts of several sources as those of one. Throws `bad-input` where one of them holds another already. */
export function groupFacts(members: readonly FilesystemFacts[]): GroupFacts {
  refuseTwice(members);
  const sum = (of: (member: FilesystemFacts) => number): number => members.reduce((all, each) => all + of(each), 0);
  const distinct = (of: (member: FilesystemFacts) => string): string => [...new Set(members.map(of))].join(', ');
  return {
    kind: 'group',
    members,
    paths: members.map(({ location }) => location),
    location: members.map(({ location }) => location).join(', '),
    filesystem: distinct(({ filesystem }) => filesystem),
    mountPoint: distinct(({ mountPoint }) => mountPoint),
    device: distinct(({ device }) => device),
    leftOut: members.flatMap(({ leftOut }) => leftOut),
    files: sum(({ files }) => files),
    bytes: sum(({ bytes }) => bytes),
    counted: members.every(({ counted }) => counted),
  };
}

function refuseTwice(members: readonly FilesystemFacts[]): void {
  for (const [at, outer] of members.entries()) {
    const inner = members.find((each, index) => index !== at && isPartOf(each, outer));
    if (inner === undefined) continue;
    throw new StillpointError({
      kind: 'bad-input',
      field: 'spec.members',
      message: `${inner.location} is part of ${outer.location} already.`,
      guidance: 'Take it out of the group; the other one holds it.',
    });
  }
}

function isPartOf(inner: FilesystemFacts, outer: FilesystemFacts): boolean {
  if (deviceNumber(inner.mount) !== deviceNumber(outer.mount)) return false;
  const below = outer.location === '/' ? '/' : `${outer.location}/`;
  return inner.location === outer.location || inner.location.startsWith(below);
}
