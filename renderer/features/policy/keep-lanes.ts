/** One row of the picture: what one rule, or one reason beside the rules, keeps; or what goes. */
export interface KeepLane {
  readonly name: string;
  readonly keeps: boolean;
  /** Instants, milliseconds since the epoch. */
  readonly times: readonly number[];
}

export interface DrawnSnapshot {
  readonly at: number;
  readonly keep: boolean;
  readonly rules: readonly string[];
  /** Kept for another reason than a rule: `pinned`, `newest`. */
  readonly because: string | null;
}

/** The rules in the order in which people count back, then what no rule keeps. */
const laneNames = [
  'last',
  'within',
  'hourly',
  'withinHourly',
  'daily',
  'withinDaily',
  'weekly',
  'withinWeekly',
  'monthly',
  'withinMonthly',
  'yearly',
  'withinYearly',
  'tag',
  'pinned',
  'safety',
  'newest',
  'newest-good',
  'all',
];

/** A row for each rule that keeps something; a snapshot that several rules keep is in each of theirs, as it counts there. */
export function keepLanes(snapshots: readonly DrawnSnapshot[]): KeepLane[] {
  const found = new Map<string, number[]>();
  const going: number[] = [];
  for (const { at, keep, rules, because } of snapshots) {
    if (!keep) going.push(at);
    else for (const name of namesOf(rules, because)) found.set(name, [...(found.get(name) ?? []), at]);
  }
  const lanes = laneNames.flatMap((name): KeepLane[] => {
    const times = found.get(name);
    return times === undefined ? [] : [{ name, keeps: true, times }];
  });
  return going.length === 0 ? lanes : [...lanes, { name: 'going', keeps: false, times: going }];
}

function namesOf(rules: readonly string[], because: string | null): readonly string[] {
  const known = rules.filter((rule) => laneNames.includes(rule));
  if (known.length > 0) return known;
  return [because !== null && laneNames.includes(because) ? because : 'all'];
}
