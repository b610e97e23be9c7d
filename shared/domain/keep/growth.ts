export interface GrowthFacts {
  readonly now: number;
  readonly freeBytes: number | null;
  /**
   * What snapshots added to the repository, as stored, with when; also of snapshots that are gone since, as far as it is
   * known: forgetting gives no space back. `source` tells whose the first one is; without it all count as one source's.
   */
  readonly additions: readonly { readonly at: number; readonly bytes: number; readonly source?: string | null }[];
}

export interface Growth {
  /** Over the last 30 days, or as long as there is anything; null while under two days are known. */
  readonly bytesPerDay: number | null;
  /** Null: not known, or not growing. */
  readonly fullAt: number | null;
}

/** How many days before a repository is full somebody is warned. */
export const warnDaysAhead = 30;

const msPerDay = 86_400_000;
const windowDays = 30;
const leastDays = 2;
/** With fewer days than this none can be said to stand out. */
const daysToCompare = 5;
/** Later than this is not worth a date. */
const farthestDays = 100 * 365;

/**
 * How fast a repository fills. The first snapshot of a source brings everything it has and is not growth. Days without
 * runs count as days: there will be such again. One day that stands out (a new collection was copied in) counts as much
 * as the second largest; two such days are a habit.
 */
export function projectGrowth({ now, freeBytes, additions }: GrowthFacts): Growth {
  const past = additions.filter(({ at }) => at <= now).sort((one, other) => one.at - other.at);
  const [first] = past;
  const days = first === undefined ? 0 : Math.min(windowDays, (now - first.at) / msPerDay);
  if (days < leastDays) return { bytesPerDay: null, fullAt: null };
  const byDay = bytesByDay(withoutFirsts(past), now);
  const bytesPerDay = sumWithoutPeak(byDay, days) / days;
  return { bytesPerDay, fullAt: fullAtOf(now, freeBytes, bytesPerDay) };
}

function withoutFirsts(oldestFirst: GrowthFacts['additions']): GrowthFacts['additions'] {
  const seen = new Set<string>();
  return oldestFirst.filter(({ source }) => {
    const key = source ?? '';
    const isFirst = !seen.has(key);
    seen.add(key);
    return !isFirst;
  });
}

/** Bytes of each day with any, within the window, counted back from now. */
function bytesByDay(additions: GrowthFacts['additions'], now: number): number[] {
  const days = new Map<number, number>();
  for (const { at, bytes } of additions) {
    const day = Math.floor((now - at) / msPerDay);
    if (day < windowDays) days.set(day, (days.get(day) ?? 0) + Math.max(0, bytes));
  }
  return [...days.values()];
}

function sumWithoutPeak(byDay: readonly number[], days: number): number {
  const sum = byDay.reduce((total, bytes) => total + bytes, 0);
  const [largest = 0, second = 0] = byDay.toSorted((one, other) => other - one);
  return days >= daysToCompare && byDay.length > 1 ? sum - largest + second : sum;
}

function fullAtOf(now: number, freeBytes: number | null, bytesPerDay: number): number | null {
  if (freeBytes === null || bytesPerDay <= 0) return null;
  const daysLeft = freeBytes / bytesPerDay;
  return daysLeft > farthestDays ? null : Math.round(now + daysLeft * msPerDay);
}
