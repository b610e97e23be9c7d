import type { PlanItem } from '../plan/plan-item.ts';

const mebibyte = 1024 * 1024;

/** How much is announced, made and made durable together. */
export interface BatchLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** Where one thread does everything, and keeps every file of a batch open. */
const small: BatchLimits = { entries: 128, bytes: 64 * mebibyte };
/** Where threads do: what two files have in common is opened once within a batch. */
const large: BatchLimits = { entries: 1024, bytes: 2048 * mebibyte };

/** What a batch replaces lies beside it until it is in place: never more than a part of the room there is. */
export function batchLimits(isThreaded: boolean, freeBytes: bigint): BatchLimits {
  if (!isThreaded) return small;
  const room = Number(freeBytes / 4n);
  return { entries: large.entries, bytes: Math.max(small.bytes, Math.min(large.bytes, room)) };
}

/** The end of the batch that begins at `from`. */
export function endOfBatch(items: readonly PlanItem[], from: number, limits: BatchLimits): number {
  let bytes = 0;
  let until = from;
  while (until < items.length && until - from < limits.entries && (until === from || bytes < limits.bytes)) {
    const { type, action, stored } = items[until] as PlanItem;
    if (type === 'file' && (action === 'add' || action === 'replace')) bytes += stored?.size ?? 0;
    until += 1;
  }
  return until;
}
