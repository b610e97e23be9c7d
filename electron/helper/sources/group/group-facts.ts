import { StillpointError } from '../../../../shared/errors/index.ts';
import { deviceNumber } from '../../system/mounts.ts';
import { memberRules } from '../filesystem/excludes/exclude-rules.ts';
import type { FilesystemFacts } from '../filesystem/facts.ts';
import type { GroupFacts } from './facts.ts';

/**
 * The facts of several sources as those of one. In the order of their paths, however they were named: the same places are the
 * same source. Throws `bad-input` where one of them holds another already.
 */
export function groupFacts(named: readonly FilesystemFacts[]): GroupFacts {
  refuseTwice(named);
  const members = named.toSorted((a, b) => (a.location < b.location ? -1 : a.location > b.location ? 1 : 0));
  const sum = (of: (member: FilesystemFacts) => number): number => members.reduce((all, each) => all + of(each), 0);
  const distinct = (of: (member: FilesystemFacts) => string): string[] => [...new Set(members.map(of))];
  const paths = members.map(({ location }) => location);
  const mountPoints = distinct(({ mountPoint }) => mountPoint);
  return {
    kind: 'group',
    ...{ members, paths, mountPoints },
    location: paths.join(', '),
    filesystem: distinct(({ filesystem }) => filesystem).join(', '),
    mountPoint: mountPoints.join(', '),
    device: distinct(({ device }) => device).join(', '),
    // What is mounted in one of them and is another is not left out.
    leftOut: members.flatMap(({ leftOut }) => leftOut).filter(({ path }) => !paths.includes(path)),
    files: sum(({ files }) => files),
    bytes: sum(({ bytes }) => bytes),
    counted: members.every(({ counted }) => counted),
    excludes: [...new Set(members.flatMap(({ excludes }) => excludes ?? []))],
    detail: Object.assign({}, ...members.map(({ location, detail }) => memberRules(location, detail))),
  };
}

function refuseTwice(members: readonly FilesystemFacts[]): void {
  for (const [index, outer] of members.entries()) {
    const at = members.findIndex((each, other) => other !== index && isPartOf(each, outer));
    const inner = members[at];
    if (inner === undefined) continue;
    const isSame = inner.location === outer.location;
    throw new StillpointError({
      kind: 'bad-input',
      field: `spec.members.${at}.path`,
      message: isSame
        ? `${inner.spec.path} and ${outer.spec.path} are the same folder.`
        : `${inner.location} is part of ${outer.location} already.`,
      guidance: isSame
        ? 'Name it once.'
        : `Take it out of the group; ${outer.location} holds it. Or leave it out of ${outer.location}, if it is to have other rules.`,
    });
  }
}

/** What was left out of the outer one by its path is not part of it. */
function isPartOf(inner: FilesystemFacts, outer: FilesystemFacts): boolean {
  if (deviceNumber(inner.mount) !== deviceNumber(outer.mount)) return false;
  if (inner.location === outer.location) return true;
  return (
    isBelow(inner.location, outer.location) && !outer.leftOut.some(({ path }) => isAtOrBelow(inner.location, path))
  );
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder);
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
