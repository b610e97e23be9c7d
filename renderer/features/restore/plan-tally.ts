import type { PlanAction, PlanEntry, RestorePlan } from '../../../shared/domain/restore.ts';

export type UntickedEntry = Pick<PlanEntry, 'path' | 'action' | 'type' | 'sizeThen'>;
export type Unticked = ReadonlyMap<string, UntickedEntry>;

export interface PlanTally extends Readonly<Record<PlanAction, number>> {
  /** Bytes of file content that will be written. */
  readonly bytesToWrite: number;
}

/** What is left of a plan once the unticked entries are taken out. Unticked entries stay as they are. */
export function tallyPlan(plan: RestorePlan, unticked: Unticked): PlanTally {
  const counts: Record<PlanAction, number> = { ...plan.counts };
  let bytesToWrite = plan.bytesToWrite;
  for (const entry of unticked.values()) {
    if (entry.action === 'same') continue;
    counts[entry.action] = Math.max(0, counts[entry.action] - 1);
    if (entry.action !== 'delete') counts.same += 1;
    if ((entry.action === 'add' || entry.action === 'replace') && entry.type === 'file') {
      bytesToWrite = Math.max(0, bytesToWrite - (entry.sizeThen ?? 0));
    }
  }
  return { ...counts, bytesToWrite };
}

export function changesIn(tally: PlanTally): number {
  return tally.add + tally.replace + tally.metadata + tally.delete;
}

/** Bytes missing at the target, or 0. Unknown free space counts as enough: the run itself checks again. */
export function missingBytes(plan: RestorePlan, tally: PlanTally): number {
  return plan.freeBytes === null ? 0 : Math.max(0, tally.bytesToWrite - plan.freeBytes);
}

export interface DeedPart {
  readonly deed: 'replace' | 'add' | 'metadata' | 'delete';
  readonly count: number;
}

/** What the last button says it does, in the order people care about it. */
export function deeds(tally: PlanTally): readonly DeedPart[] {
  const order = ['replace', 'add', 'metadata', 'delete'] as const;
  return order.map((deed) => ({ deed, count: tally[deed] })).filter((part) => part.count > 0);
}
