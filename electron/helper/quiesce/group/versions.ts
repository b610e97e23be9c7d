import type { AheadStore, MostlyAs, SameAs, StillEntry } from '../contract.ts';

const between = '+';

/** The version of a group is that of each member, in their order. */
export function groupVersion(versions: readonly string[]): string {
  return versions.join(between);
}

/** Versions of the members; null for each where it is not the version of as many. */
export function memberVersions(version: string | undefined, members: number): readonly (string | null)[] {
  const parts = version?.split(between) ?? [];
  return Array.from({ length: members }, (_, index) => (parts.length === members ? (parts[index] ?? null) : null));
}

/** Says of what a member vouches for that it is as in the group's version: only that one is known where it is stored. */
export function entryOfGroup(entry: StillEntry, own: string | null, group: string | undefined): StillEntry {
  const { children, sameAs, mostlyAs } = entry;
  return {
    ...entry,
    sameAs: sameAsOfGroup(sameAs, own, group),
    mostlyAs: mostlyAs && (() => mostlyAsOfGroup(mostlyAs(), own, group)),
    children:
      children === null
        ? null
        : async function* () {
            for await (const child of children()) yield entryOfGroup(child, own, group);
          },
  };
}

function mostlyAsOfGroup(
  mostly: MostlyAs | undefined,
  own: string | null,
  group: string | undefined,
): MostlyAs | undefined {
  if (mostly === undefined || own === null || group === undefined || mostly.version !== own) return undefined;
  return { ...mostly, version: group, changed: mostly.changed.map((entry) => entryOfGroup(entry, own, group)) };
}

function sameAsOfGroup(sameAs: SameAs | undefined, own: string | null, group: string | undefined): SameAs | undefined {
  if (sameAs === undefined || own === null || group === undefined) return undefined;
  return sameAs.version === own ? { ...sameAs, version: group } : undefined;
}

/** The same for what a member stores ahead. */
export function aheadOfGroup(ahead: AheadStore, own: string | null, group: string | undefined): AheadStore {
  return {
    settle: () => ahead.settle(),
    take: ({ sameAs, ...file }, signal) => {
      const isKnown = sameAs !== undefined && own !== null && sameAs === own && group !== undefined;
      return ahead.take({ ...file, ...(isKnown ? { sameAs: group } : {}) }, signal);
    },
  };
}
