import type { PlanAction, PlanEntry } from '../../../../shared/domain/restore.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { itemPath, type PlanItem } from './plan-item.ts';

export interface PlanQuery {
  readonly actions: readonly PlanAction[];
  readonly filter: string;
  readonly offset: number;
  readonly limit: number;
}

/** One page of what would change, in the order of doing it. No actions means all; the filter is part of the path. */
export function pageOf(
  items: readonly PlanItem[],
  { actions, filter, offset, limit }: PlanQuery,
): { readonly entries: readonly PlanEntry[]; readonly total: number } {
  const wanted = new Set(actions);
  const part = filter.trim().toLocaleLowerCase();
  const entries: PlanEntry[] = [];
  let total = 0;
  for (const item of items) {
    if (item.isHidden || (wanted.size > 0 && !wanted.has(item.action))) continue;
    if (part !== '' && !itemPath(item).toLocaleLowerCase().includes(part)) continue;
    if (total >= offset && entries.length < limit) entries.push(entryOf(item));
    total += 1;
  }
  return { entries, total };
}

export function countActions(items: readonly PlanItem[]): Record<PlanAction, number> {
  const counts: Record<PlanAction, number> = { add: 0, replace: 0, metadata: 0, delete: 0, same: 0 };
  for (const { action, isHidden } of items) if (!isHidden) counts[action] += 1;
  return counts;
}

function entryOf(item: PlanItem): PlanEntry {
  const { action, type, stored, now } = item;
  return {
    path: itemPath(item),
    action,
    type,
    sizeThen: stored?.size ?? null,
    sizeNow: now ? Number(now.size) : null,
    modifiedThen: stored ? instantOf(stored.mtimeNs) : null,
    modifiedNow: now ? instantOf(now.mtimeNs) : null,
  };
}

/** Times before 1970 exist on disks and not in our instants; they are shown as 1970. */
function instantOf(ns: bigint): string {
  const last = 253_402_300_799n * 1_000_000_000n;
  return nsToInstant(ns < 0n ? 0n : ns > last ? last : ns);
}
