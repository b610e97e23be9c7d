import type { KeepRules } from './rules.ts';

export interface KeptSnapshot {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly tags: readonly string[];
}

export interface KeepDecision {
  readonly id: string;
  readonly keep: boolean;
  /** `last`, `hourly`, ..., `within`, `tag`; empty for what goes. */
  readonly reasons: readonly string[];
}

/**
 * restic's decisions over one group of snapshots, newest first. Pins, safety snapshots and the newest good snapshot are
 * not its business: whoever forgets leaves them out or keeps them besides.
 */
export function applyKeepRules(
  _snapshots: readonly KeptSnapshot[],
  _rules: KeepRules,
  _zone: string,
  _now: number,
): KeepDecision[] {
  throw new Error('not written yet');
}
