import type { Evidence } from '../../../../shared/domain/evidence.ts';
import { preciseMs } from './precise-ms.ts';

export interface PauseParts {
  readonly freezeMs: number;
  readonly restMs: number;
  readonly thawMs: number;
}

/** What the pause was made of, by the times kept around the kernel's calls; none of it below zero, whatever a clock did. */
export function pauseParts(hold: NonNullable<Evidence['hold']>): PauseParts {
  const between = (from: string, to: string): number => Math.max(0, preciseMs(to) - preciseMs(from));
  return {
    freezeMs: between(hold.requestedAt, hold.frozenAt),
    restMs: between(hold.frozenAt, hold.thawRequestedAt),
    thawMs: between(hold.thawRequestedAt, hold.thawedAt),
  };
}
