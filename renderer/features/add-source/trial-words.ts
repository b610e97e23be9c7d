import {
  type FreezeTrial,
  isTrialWanted,
  longestStallOf,
  type TrialState,
} from '../../../shared/domain/freeze-trial.ts';

/** What is to be said of a trial, in parts, so that each language can build its own sentences. */
export type TrialSaying =
  /** Nothing of the system runs from there. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'ask'; readonly mayStallMs: number }
  | { readonly kind: 'ask-again'; readonly mayStallMs: number; readonly before: string; readonly now: string }
  | { readonly kind: 'passed'; readonly longestMs: number; readonly at: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'skipped' }
  /** Something stands in the way that no trial can help. */
  | { readonly kind: 'cannot'; readonly reasons: readonly string[] };

export function trialSaying(state: TrialState): TrialSaying {
  const { concerns, last, mayStallMs, kernel } = state;
  if (!concerns) return { kind: 'nothing' };
  if (isTrialWanted(state))
    return last === null
      ? { kind: 'ask', mayStallMs }
      : { kind: 'ask-again', mayStallMs, before: last.kernel, now: kernel };
  if (state.obstacles.length > 0 && !state.isNeeded) return { kind: 'cannot', reasons: state.obstacles };
  return last === null ? { kind: 'ask', mayStallMs } : resultSaying(last);
}

export function resultSaying(trial: FreezeTrial): TrialSaying {
  if (trial.outcome === 'skipped') return { kind: 'skipped' };
  if (trial.outcome === 'failed') return { kind: 'failed', reason: trial.reason };
  return { kind: 'passed', longestMs: longestStallOf(trial) ?? 0, at: trial.at };
}
