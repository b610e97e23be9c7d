import type { PlanEntry } from '../../../shared/domain/restore.ts';
import type { Change } from '../../../shared/domain/snapshot.ts';

/**
 * A comparison with now is the plan of an exact restore, read the other way round: what such a restore would add is gone
 * now, what it would delete came since. Nothing is written for it.
 */
export function changeSince(entry: PlanEntry): Change | null {
  const sizes = { sizeBefore: entry.sizeThen, sizeAfter: entry.sizeNow };
  const common = { path: entry.path, type: entry.type, ...sizes };
  switch (entry.action) {
    case 'add':
      return { ...common, change: 'removed' };
    case 'delete':
      return { ...common, change: 'added' };
    case 'replace':
      return { ...common, change: 'changed' };
    case 'metadata':
      return { ...common, change: 'metadata' };
    case 'same':
      return null;
  }
}

export interface ChangeTotals {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly metadata: number;
  /** Bytes that came minus bytes that went. */
  readonly grown: number;
}

export function totalsOf(changes: readonly Change[]): ChangeTotals {
  const totals = { added: 0, removed: 0, changed: 0, metadata: 0, grown: 0 };
  for (const change of changes) {
    totals[change.change] += 1;
    totals.grown += (change.sizeAfter ?? 0) - (change.sizeBefore ?? 0);
  }
  return totals;
}

export type ShownKind = 'all' | Change['change'];

export function filterChanges(changes: readonly Change[], kind: ShownKind, typed: string): readonly Change[] {
  const wanted = typed.trim().toLocaleLowerCase();
  return changes.filter(
    (change) =>
      (kind === 'all' || change.change === kind) && (wanted === '' || change.path.toLocaleLowerCase().includes(wanted)),
  );
}
