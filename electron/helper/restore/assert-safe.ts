import type { PathNote } from '../../../shared/domain/evidence.ts';
import { targetChanged } from './errors.ts';

/** What capture says about the view of endangered entries. */
export interface SafetyTotals {
  readonly torn: readonly PathNote[];
  readonly tornTotal: number;
  readonly unreadable: readonly PathNote[];
  readonly unreadableTotal: number;
}

/**
 * Throws unless everything about to be replaced or deleted is in the safety snapshot, whole. `target-changed` when a
 * program goes on writing there or something cannot be read: then nothing may be touched.
 */
export function assertSafe(totals: SafetyTotals): void {
  const { torn, tornTotal, unreadable, unreadableTotal } = totals;
  const first = torn[0] ?? unreadable[0];
  if (tornTotal + unreadableTotal === 0 || !first) return;
  const others = tornTotal + unreadableTotal - 1;
  const what = tornTotal > 0 ? 'is being written by a program' : 'cannot be read';
  const more = others > 0 ? `, and ${others} more like it` : '';
  throw targetChanged(`${first.path} ${what}${more}, so it cannot be kept safe, and nothing was touched.`, {
    path: first.path,
    torn: tornTotal,
    unreadable: unreadableTotal,
  });
}
