import { spaceOf } from '../../system/space.ts';
import { unitsOf } from '../fresh/units.ts';
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

/** What is put in place together: entries one by one first, then folders that are made with everything in them. */
export interface Batch {
  readonly entries: readonly PlanItem[];
  readonly trees: readonly (readonly PlanItem[])[];
}

/** Of folders that are made whole. What is interrupted on the way is lost up to this. */
const treeLimits = { entries: 32_768, bytes: 1024 * mebibyte };
/** So many entries of trees are a batch, or one tree that has more. */
const madeTogether = 4096;

export function* batchesOf(
  items: readonly PlanItem[],
  target: TargetTree,
  isThreaded: boolean,
): Generator<Batch, void, undefined> {
  let trees: (readonly PlanItem[])[] = [];
  let entries: PlanItem[] = [];
  let made = 0;
  let bytes = 0;
  const inside = new Set<PlanDirectory>();
  const isInside = (item: PlanItem | undefined): boolean => item !== undefined && inside.has(item.in);
  const gathered = (): Batch => {
    const batch = { entries, trees };
    [entries, trees, made, bytes] = [[], [], 0, 0];
    inside.clear();
    return batch;
  };
  for (const unit of isThreaded ? unitsOf(items, treeLimits) : [{ kind: 'entries', items } as const]) {
    if (unit.kind === 'tree') {
      // What lies in a folder of this batch comes after it.
      if (isInside(unit.items[0])) yield gathered();
      for (const { directory } of unit.items) if (directory) inside.add(directory);
      trees.push(unit.items);
      made += unit.items.length;
      bytes += bytesOf(unit.items);
      if (made >= madeTogether || bytes >= treeLimits.bytes) yield gathered();
      continue;
    }
    for (let from = 0; from < unit.items.length; ) {
      const limits = batchLimits(isThreaded, freeBytes(target, unit.items[from]));
      const until = endOfBatch(unit.items, from, limits);
      // Few of them wait for more: every batch has its own waits for the disk.
      const some = unit.items.slice(from, until);
      const more = bytesOf(some);
      const isTooMuch = entries.length + some.length > limits.entries || bytes + more > limits.bytes;
      if ((entries.length > 0 && isTooMuch) || some.some(isInside)) yield gathered();
      for (const item of some) entries.push(item);
      bytes += more;
      from = until;
      if (entries.length >= limits.entries || from < unit.items.length) yield gathered();
    }
  }
  if (entries.length + trees.length > 0) yield gathered();
}

function bytesOf(items: readonly PlanItem[]): number {
  let bytes = 0;
  for (const { type, action, stored } of items)
    if (type === 'file' && (action === 'add' || action === 'replace')) bytes += stored?.size ?? 0;
  return bytes;
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
