import type { PathNote } from '../../../../shared/domain/evidence.ts';
import type { EntryMeta, StillEntry, StillView } from '../contract.ts';

/** A view with where it hangs. */
export interface MemberView {
  readonly ancestors: StillView['ancestors'];
  /** Its name is the last part of its path; empty for `/`. */
  readonly root: StillEntry;
  readonly unreadable: () => readonly PathNote[];
}

/** A folder that leads to members, or is one. */
interface Place {
  readonly name: Uint8Array;
  meta: EntryMeta | undefined;
  member: StillEntry | undefined;
  readonly below: Map<string, Place>;
}

/** Several views as one: the root directory, with each below its real path, in the place of what another has there. */
export function mergedView(views: readonly MemberView[], rootMeta: EntryMeta): StillView {
  const top: Place = newPlace(Buffer.alloc(0));
  for (const { ancestors, root } of views) {
    let place = top;
    for (const { name, meta } of ancestors) {
      place = placeIn(place, name);
      place.meta ??= meta;
    }
    if (root.name.length > 0) place = placeIn(place, root.name);
    place.member = root;
  }
  top.meta ??= rootMeta;
  return {
    ancestors: [],
    root: entryOf(top),
    unreadable: () => views.flatMap(({ unreadable }) => unreadable()),
  };
}

function newPlace(name: Uint8Array): Place {
  return { name, meta: undefined, member: undefined, below: new Map() };
}

function placeIn(parent: Place, name: Uint8Array): Place {
  const key = Buffer.from(name).toString('latin1');
  const place = parent.below.get(key) ?? newPlace(name);
  parent.below.set(key, place);
  return place;
}

function entryOf({ name, meta, member, below }: Place): StillEntry {
  if (member !== undefined) return below.size === 0 ? { ...member, name } : graft({ ...member, name }, below);
  if (meta === undefined) throw new Error('a folder on the way to a member has not been looked at');
  return {
    ...{ name, meta, content: null, reusable: false },
    children: async function* () {
      for (const place of below.values()) yield entryOf(place);
    },
  };
}

/** A member with others inside: they stand where it has a folder that stands in for them, or nothing. */
function graft(entry: StillEntry, below: ReadonlyMap<string, Place>): StillEntry {
  const { children } = entry;
  return {
    ...entry,
    // What is below is not what it was vouched to be any more.
    sameAs: undefined,
    mostlyAs: undefined,
    children: async function* () {
      const left = new Map(below);
      for await (const child of children?.() ?? []) {
        const key = Buffer.from(child.name).toString('latin1');
        const place = left.get(key);
        left.delete(key);
        if (place === undefined) yield child;
        else if (place.member !== undefined) yield entryOf(place);
        else yield graft(child, place.below);
      }
      for (const place of left.values()) yield entryOf(place);
    },
  };
}
