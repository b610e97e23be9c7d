import type { PlanWarning } from '../../../shared/domain/restore.ts';

/** What decides most comes first: what makes the restore fail, then what would be lost, then what is good to know. */
const order: readonly PlanWarning['code'][] = [
  'no-space',
  'no-rights',
  'target-missing',
  'open-file',
  'type-change',
  'own-data',
  'torn-file',
  'newer-now',
];

export function inOrder(warnings: readonly PlanWarning[]): readonly PlanWarning[] {
  return [...warnings].sort((a, b) => Number(b.asks) - Number(a.asks) || order.indexOf(a.code) - order.indexOf(b.code));
}
