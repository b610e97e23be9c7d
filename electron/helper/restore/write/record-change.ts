import { recordOfFound } from '../journal/found-record.ts';
import type { ChangeKind } from '../journal/journal-records.ts';
import type { ChangeRecord } from '../journal/undo-record.ts';
import { type Found, type PlanItem, pathBelowRoot, stepsToItem } from '../plan/plan-item.ts';
import type { RestoreContext } from './restore-context.ts';

/** Tells journal, undo record and counts that an entry is in place. */
export function recordPlaced(
  context: RestoreContext,
  item: PlanItem,
  n: number,
  change: ChangeKind,
  found: Found,
): void {
  const { journal, changes, tally } = context;
  // It may be told once it is durable: it says that no temporary file is needed any more.
  journal.appendLater({ record: 'placed', n, change, now: recordOfFound(found) });
  changes.push({ item, path: null, change, now: found });
  if (item.isHidden) return;
  if (change === 'added') tally.added += 1;
  else if (change === 'replaced') tally.replaced += 1;
  else tally.metadataOnly += 1;
}

export function recordRemoved(context: RestoreContext, item: PlanItem, n: number, path: string): void {
  const { journal, changes, tally } = context;
  journal.append({ record: 'removed', n });
  changes.push({ item, path, change: 'deleted', now: null });
  tally.deleted += 1;
}

/** Made when they are written: for each entry what it takes is more than all else that is known of it. */
export function* changeRecords({ changes, rootNumbers }: RestoreContext): Generator<ChangeRecord, void, undefined> {
  for (const { item, path, change, now } of changes) {
    yield {
      root: rootNumbers.get(item.in.root) ?? 0,
      path: path ?? pathBelowRoot(stepsToItem(item)),
      change,
      now: now && recordOfFound(now),
    };
  }
}
