import type { RestorePlan } from '../../../shared/domain/restore.ts';
import { changesIn, missingBytes, type PlanTally } from './plan-tally.ts';

/**
 * What stands between a plan and its start, the first obstacle first. A restore starts only at `open`:
 * deletions are looked at before they can happen, and a target that is too small is never filled half-way.
 */
export type StartGate =
  | { readonly kind: 'open' }
  | { readonly kind: 'nothing-to-do' }
  | { readonly kind: 'no-space'; readonly missingBytes: number }
  | { readonly kind: 'look-at-deletions'; readonly count: number };

export function startGate(plan: RestorePlan, tally: PlanTally, deletionsSeen: boolean): StartGate {
  if (changesIn(tally) === 0) return { kind: 'nothing-to-do' };
  const missing = missingBytes(plan, tally);
  if (missing > 0) return { kind: 'no-space', missingBytes: missing };
  if (tally.delete > 0 && !deletionsSeen) return { kind: 'look-at-deletions', count: tally.delete };
  return { kind: 'open' };
}
