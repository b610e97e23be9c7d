import type { PlanAction, PlanEntry, RestorePlan } from '../../../../shared/domain/restore.ts';

const repositoryId = 'a'.repeat(64) as RestorePlan['request']['point']['repositoryId'];
const snapshotId = 'b'.repeat(64) as RestorePlan['request']['point']['snapshotId'];

/** A plan as the helper gives it; tests say what differs. */
export function somePlan(more: Partial<RestorePlan> = {}): RestorePlan {
  return {
    planId: 'plan-1',
    request: {
      point: { repositoryId, snapshotId, instant: null },
      selection: [],
      target: { kind: 'original' },
      mode: 'keep',
    },
    targetPath: '/home/ana/Documents',
    targets: ['/home/ana/Documents'],
    counts: { add: 0, replace: 0, metadata: 0, delete: 0, same: 0 },
    keptNewer: 0,
    bytesToWrite: 0,
    freeBytes: null,
    warnings: [],
    ...more,
  };
}

export function someEntry(path: string, action: PlanAction, more: Partial<PlanEntry> = {}): PlanEntry {
  return {
    path,
    action,
    type: 'file',
    sizeThen: action === 'delete' ? null : 100,
    sizeNow: action === 'add' ? null : 90,
    modifiedThen: null,
    modifiedNow: null,
    ...more,
  };
}
