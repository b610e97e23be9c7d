import type { Details } from './details.ts';

export interface TextbookEstimate {
  readonly totalMs: number;
  readonly precopyMs: number;
  readonly stallMs: number;
}

/**
 * How long a plain freeze, copy, thaw would have held writers: what this run copied ahead of its pause would have been
 * copied inside it. Null unless this very run measured both: another method, a missing phase or a missing pause would
 * make it a guess.
 */
export function textbookEstimate({ evidence, run }: Details): TextbookEstimate | null {
  if (evidence === null || evidence.method !== 'precopy-freeze' || evidence.level !== 'filesystem') return null;
  const precopies = run?.phases.filter(({ name }) => name === 'precopy') ?? [];
  if (evidence.hold === null || precopies.length === 0) return null;
  let precopyMs = 0;
  for (const { durationMs } of precopies) {
    if (durationMs === null) return null;
    precopyMs += durationMs;
  }
  const { stallMs } = evidence.hold;
  // A copy that took no longer than the pause shows nothing.
  if (precopyMs <= stallMs) return null;
  return { totalMs: precopyMs + stallMs, precopyMs, stallMs };
}
