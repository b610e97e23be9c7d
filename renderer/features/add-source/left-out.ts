import type { Preflight } from '../../../shared/domain/preflight.ts';

/** What is left out for one and the same reason. */
export interface LeftOutGroup {
  readonly reason: string;
  readonly paths: readonly string[];
}

/** Each reason once, in the order in which it was first met, so that twenty of a kind do not say it twenty times. */
export function groupLeftOut(leftOut: Preflight['leftOut']): LeftOutGroup[] {
  return [...Map.groupBy(leftOut, ({ reason }) => reason)].map(([reason, notes]) => ({
    reason,
    paths: notes.map(({ path }) => path),
  }));
}
