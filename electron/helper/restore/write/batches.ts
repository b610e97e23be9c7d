import { spaceOf } from '../../system/space.ts';
import type { PlanDirectory, PlanItem } from '../plan/plan-item.ts';
import type { TargetTree } from '../target/target-tree.ts';

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

export function* batchesOf(
  items: readonly PlanItem[],
  target: TargetTree,
  isThreaded: boolean,
): Generator<readonly PlanItem[], void, undefined> {
  for (let from = 0; from < items.length; ) {
    const until = endOfBatch(items, from, batchLimits(isThreaded, freeBytes(target, items[from])));
    yield items.slice(from, until);
    from = until;
  }
}

/** Where the entry is put, as far as that can be told. */
function freeBytes(target: TargetTree, item: PlanItem | undefined): bigint {
  try {
    return item ? spaceOf(`/proc/self/fd/${target.open(topOf(item.in))}`).available : 0n;
  } catch {
    return 0n;
  }
}

function topOf(directory: PlanDirectory): PlanDirectory {
  let top = directory;
  while (top.parent) top = top.parent;
  return top;
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
