import { hasCode } from '../../system/errno.ts';
import { Breather } from '../breather.ts';
import { recordOfFound } from '../journal/found-record.ts';
import { itemPath, type PlanDirectory, type PlanItem, pathBelowRoot, stepsToItem } from '../plan/plan-item.ts';
import { isSameVersion } from '../target/found.ts';
import { listOrEnd } from './entry-failure.ts';
import { recordRemoved } from './record-change.ts';
import type { RestoreContext } from './restore-context.ts';

/** Deletions that are announced together. */
const batch = 256;

interface Removal {
  readonly item: PlanItem;
  readonly n: number;
  /** Where it was before anything was moved aside: what undo and a person know it by. */
  readonly path: string;
}

/**
 * Deletes what the plan lists, the deepest first, each only in the version that is kept safe. A directory goes when it
 * is empty: whatever somebody put into it since the plan stays, and so does it.
 */
export async function deleteEntries(
  context: RestoreContext,
  items: readonly { readonly item: PlanItem; readonly path: string }[],
  takeNumber: () => number,
): Promise<ReadonlySet<PlanDirectory>> {
  const { journal, signal, rootNumbers } = context;
  const breather = new Breather(signal);
  const touched = new Set<PlanDirectory>();
  const removals = items.map(({ item, path }): Removal => ({ item, path, n: takeNumber() })).reverse();
  for (let from = 0; from < removals.length; from += batch) {
    const some = removals.slice(from, from + batch);
    for (const { item, n, path } of some) {
      const root = rootNumbers.get(item.in.root) ?? 0;
      if (item.now) journal.append({ record: 'remove', n, root, path, was: recordOfFound(item.now) });
    }
    await journal.sync();
    for (const removal of some) {
      await breather.pause();
      try {
        if (!remove(context, removal.item)) continue;
        recordRemoved(context, removal.item, removal.n, removal.path);
        touched.add(removal.item.in);
      } catch (error) {
        listOrEnd(context, removal.item, error);
      }
    }
  }
  return touched;
}

/** The path of a deletion as it is before anything is moved. */
export function pathBefore(item: PlanItem): string {
  return pathBelowRoot(stepsToItem(item));
}

function remove(context: RestoreContext, item: PlanItem): boolean {
  const { target, warnings } = context;
  const now = target.lookAt(item.in, item.name);
  if (now === null) return false;
  const expected = context.expected(item);
  if (!expected || !isSameVersion(expected, now)) {
    warnings.add(itemPath(item), 'It was changed since the preview, so it was not deleted.');
    return false;
  }
  const path = target.entry(item.in, item.name);
  if (now.type !== 'dir') {
    target.ops.unlinkSync(path);
    return true;
  }
  try {
    target.ops.rmdirSync(path);
    return true;
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EBUSY')) throw error;
    warnings.add(itemPath(item), 'Something is in it that was not there at the preview, so it was not deleted.');
    return false;
  }
}
