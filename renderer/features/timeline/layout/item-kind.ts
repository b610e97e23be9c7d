import type { ConsistencyLevel } from '../../../../shared/domain/level.ts';
import type { RunOutcome } from '../../../../shared/domain/run.ts';
import { shownLevel } from '../../../ui/level-shape.ts';

/**
 * What a mark on the timeline stands for, least worrying first. A cluster shows the most worrying of its members beside
 * the most common, so that nothing weak hides among strong ones.
 */
export const itemKinds = [
  'application',
  'filesystem',
  'crash',
  'observed-static',
  'per-file',
  'unknown',
  'torn',
  'cancelled',
  'missed',
  'interrupted',
  'failed',
] as const;
export type ItemKind = (typeof itemKinds)[number];

export function kindOfSnapshot(level: ConsistencyLevel | null): ItemKind {
  return shownLevel(level);
}

/** Runs without a snapshot. One that waited for a disk or a password was missed; nothing went wrong in it. */
export function kindOfOutcome(outcome: RunOutcome): ItemKind {
  switch (outcome) {
    case 'waiting':
      return 'missed';
    case 'cancelled':
    case 'interrupted':
    case 'failed':
      return outcome;
    case 'done':
    case 'warnings':
      return 'unknown';
  }
}

export function rankOf(kind: ItemKind): number {
  return itemKinds.indexOf(kind);
}
