import { compare, type Prepared, prepare } from './apply.ts';
import { fatesOf, type SourceSnapshot, safetyEnds } from './decide.ts';
import type { KeepRules } from './rules.ts';

/** Beyond so many snapshots they are gone through once a day instead of after each run: a forecast is to the day then. */
const manySnapshots = 400;
const msPerDay = 86_400_000;
/** Snapshots gone through between two breaths. */
const perBreath = 50_000;

export interface ForecastFacts {
  readonly snapshots: readonly SourceSnapshot[];
  readonly rules: KeepRules;
  readonly zone: string;
  /** When runs will begin, ascending. */
  readonly runs: readonly number[];
  /** Called now and then: lets others go on, or ends it by throwing. */
  readonly breathe: () => Promise<void>;
}

/**
 * When each snapshot goes if every planned run is made, ends well and forgets afterwards: milliseconds since the epoch,
 * by id. What is not in it stays as long as runs are planned, or longer.
 */
export async function forecastKeep({
  snapshots,
  rules,
  zone,
  runs,
  breathe,
}: ForecastFacts): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  for (const each of snapshots) if (each.safety && !each.pinned && !each.undo) ends.set(each.id, safetyEnds(each));
  let present: (SourceSnapshot & Prepared)[] = snapshots
    .filter(({ safety }) => !safety)
    .map((each) => prepare(each, zone))
    .sort((one, other) => compare(other, one));
  const waiting = new Set(present.filter(({ pinned }) => !pinned).map(({ id }) => id));
  let day = Number.NaN;
  let work = 0;
  for (const [position, run] of runs.entries()) {
    if (waiting.size === 0) break;
    const isNewest = compare(present[0] ?? { time: run }, { time: run }) <= 0;
    present.unshift(prepare(futureSnapshot(run, position), zone));
    // A clock that was ahead made some that are later.
    if (!isNewest) present.sort((one, other) => compare(other, one));
    if (present.length > manySnapshots && Math.floor(run / msPerDay) === day) continue;
    day = Math.floor(run / msPerDay);
    const fates = fatesOf(present, rules, zone, run + 1);
    for (const { id, keep } of fates) if (!keep && waiting.delete(id)) ends.set(id, run);
    present = present.filter((_, at) => fates[at]?.keep);
    work += fates.length;
    if (work < perBreath) continue;
    work = 0;
    await breathe();
  }
  return ends;
}

function futureSnapshot(time: number, position: number): SourceSnapshot {
  return { id: `run ${position}`, time, tags: [], pinned: false, safety: false, undo: false, good: true, whole: true };
}
