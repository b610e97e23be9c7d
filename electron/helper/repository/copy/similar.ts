import type { Snapshot } from '../snapshots/snapshots.ts';

/** Snapshots of a place by what they were first: that is what a copy is known by, as restic's `copy` has it. */
export class KnownCopies {
  readonly #byOrigin = new Map<string, Snapshot[]>();

  constructor(snapshots: readonly Snapshot[]) {
    for (const snapshot of snapshots) {
      if (snapshot.original !== undefined) this.#add(snapshot.original, snapshot);
      this.#add(snapshot.id, snapshot);
    }
  }

  /** The copy of it that is there already, if one is. */
  find(snapshot: Snapshot): Snapshot | undefined {
    const candidates = this.#byOrigin.get(snapshot.original ?? snapshot.id) ?? [];
    return candidates.find((candidate) => isSimilar(candidate, snapshot));
  }

  #add(origin: string, snapshot: Snapshot): void {
    const before = this.#byOrigin.get(origin);
    if (before === undefined) this.#byOrigin.set(origin, [snapshot]);
    else before.push(snapshot);
  }
}

/** Everything but the parent, which means nothing elsewhere, and what it was made of. */
function isSimilar(one: Snapshot, other: Snapshot): boolean {
  return (
    one.timeNs === other.timeNs &&
    one.tree === other.tree &&
    one.hostname === other.hostname &&
    one.username === other.username &&
    one.uid === other.uid &&
    one.gid === other.gid &&
    hasSame(one.paths, other.paths) &&
    hasSame(one.excludes, other.excludes) &&
    hasSame(one.tags, other.tags)
  );
}

/** In whatever order. */
function hasSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  const sorted = [...other].sort();
  return [...one].sort().every((text, at) => text === sorted[at]);
}
