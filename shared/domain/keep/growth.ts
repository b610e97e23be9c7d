export interface GrowthFacts {
  readonly now: number;
  readonly freeBytes: number | null;
  /** What snapshots added to the repository, as stored, with when. */
  readonly additions: readonly { readonly at: number; readonly bytes: number }[];
}

export interface Growth {
  /** Over the last 30 days, or as long as there is anything; null while under two days are known. */
  readonly bytesPerDay: number | null;
  /** Null: not known, or not growing. */
  readonly fullAt: number | null;
}

/** How many days before a repository is full somebody is warned. */
export const warnDaysAhead = 30;

export function projectGrowth(_facts: GrowthFacts): Growth {
  throw new Error('not written yet');
}
