import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { filesystemsUnder } from '../../system/dependencies.ts';
import { deviceNumber } from '../../system/mounts.ts';

/** One filesystem to be frozen, and who of the group lies on it. */
export interface GroupFilesystem<Member> {
  /** As mountinfo has it: `8:1`. */
  readonly device: string;
  /** Never empty; the first stands for all where one has to. */
  readonly members: readonly [Member, ...Member[]];
}

/**
 * The filesystems of a group, each once, in the order in which they are frozen: what lies in files of another (loop devices,
 * layers of overlays) before that other, because a freeze writes down what is dirty, and could not any more.
 */
export function freezeOrder<Member extends { readonly facts: FilesystemFacts }>(
  members: readonly Member[],
  under: (mountPoint: string) => ReadonlySet<string> = filesystemsUnder,
): GroupFilesystem<Member>[] {
  const pending = new Map<string, GroupFilesystem<Member>>();
  for (const member of members) {
    const device = deviceNumber(member.facts.mount);
    const known = pending.get(device);
    pending.set(device, { device, members: known === undefined ? [member] : [...known.members, member] });
  }
  const standsOn = new Map(
    [...pending.values()].map((each) => [each.device, under(each.members[0].facts.mountPoint)] as const),
  );
  const ordered: GroupFilesystem<Member>[] = [];
  while (pending.size > 0) {
    const isNeeded = (device: string): boolean =>
      [...pending.keys()].some((other) => other !== device && standsOn.get(other)?.has(device) === true);
    // Nothing stands on itself, so there is always one that no other needs.
    const next = [...pending.values()].find(({ device }) => !isNeeded(device)) ?? [...pending.values()][0];
    if (next === undefined) break;
    pending.delete(next.device);
    ordered.push(next);
  }
  return ordered;
}
