import { compare, type KeptSnapshot, type Prepared, prepare, reasonsToKeep } from './apply.ts';
import type { keptBecause } from './plan.ts';
import { type KeepRules, keepsEverything } from './rules.ts';

/** How long a safety snapshot stays, counted from its time. */
export const safetyDays = 30;
const msPerDay = 86_400_000;

export type KeptBecause = (typeof keptBecause)[number];

/** One snapshot of a source, with what decides about it besides the rules. */
export interface SourceSnapshot extends KeptSnapshot {
  readonly pinned: boolean;
  /** Made before a restore: it goes by its age, not by the rules. */
  readonly safety: boolean;
  /** A restore can still be taken back with it. */
  readonly undo: boolean;
  /** It met the level that the source's policy asks for. */
  readonly good: boolean;
  /** No file in it changed while it was read, as far as its label says. */
  readonly whole: boolean;
}

export interface Fate {
  readonly id: string;
  readonly keep: boolean;
  /** Empty when it goes or is kept for another reason. */
  readonly rules: readonly string[];
  /** Null when it goes. */
  readonly because: KeptBecause | null;
}

/**
 * What stays of one source, newest first. Besides what the rules keep: what is pinned, the newest, the newest that was as
 * good as asked for and the newest that is whole (a torn one after them must not push them out), safety snapshots for 30 days
 * and as long as a restore can be taken back with them. What is pinned takes part in the rules as any other does; safety
 * snapshots do not.
 *
 * What is later than `now` was made while the clock was ahead, or the clock is behind now. It stays until its time comes, and
 * takes part in nothing: else it would be the newest for years, and each snapshot made meanwhile would go at once. restic
 * counts it.
 */
export function decideFates(
  snapshots: readonly SourceSnapshot[],
  rules: KeepRules,
  zone: string,
  now: number,
): readonly Fate[] {
  const newestFirst = snapshots.map((each) => prepare(each, zone)).sort((one, other) => compare(other, one));
  return fatesOf(newestFirst, rules, zone, now);
}

/** The same, of snapshots that are prepared and in order. */
export function fatesOf(
  newestFirst: readonly (SourceSnapshot & Prepared)[],
  rules: KeepRules,
  zone: string,
  now: number,
): readonly Fate[] {
  const ruled = newestFirst.filter(({ safety, time }) => !safety && time <= now);
  const reasons = reasonsToKeep(ruled, rules, zone, now);
  const byRule = new Map(ruled.map(({ id }, position) => [id, reasons[position] ?? []]));
  const newest = ruled[0]?.id;
  const newestGood = [ruled.find(({ good }) => good)?.id, ruled.find(({ whole }) => whole)?.id];
  const keepAll = keepsEverything(rules);
  const because = (snapshot: SourceSnapshot): KeptBecause | null => {
    const { id, pinned, safety, undo, time } = snapshot;
    if (pinned) return 'pinned';
    if (safety) return undo || now - time < safetyDays * msPerDay ? 'safety' : null;
    if (keepAll || (byRule.get(id)?.length ?? 0) > 0) return 'rule';
    if (id === newest || time > now) return 'newest';
    return newestGood.includes(id) ? 'newest-good' : null;
  };
  return newestFirst.map((snapshot) => {
    const why = because(snapshot);
    return {
      id: snapshot.id,
      keep: why !== null,
      rules: why === 'rule' ? (byRule.get(snapshot.id) ?? []) : [],
      because: why,
    };
  });
}

/** When a safety snapshot is old enough to go. */
export function safetyEnds({ time }: SourceSnapshot): number {
  return time + safetyDays * msPerDay;
}
