import type { PhaseName, RunOutcome } from '../../../shared/domain/run.ts';

export interface EndedRun {
  readonly outcome: RunOutcome | null;
  readonly phases: readonly { readonly name: PhaseName; readonly durationMs: number | null }[];
  readonly warningsTotal: number;
}

export interface RunVerdict {
  readonly tone: 'ok' | 'warn' | 'bad';
  /** Key below `result.` of the headline. */
  readonly words: 'done' | 'warnings' | 'cancelled' | 'failed' | 'waiting' | 'interrupted';
  /** Every written file was read back and compared. Said only where the run finished that very phase. */
  readonly verified: boolean;
}

/** What an ended restore may claim. */
export function judgeRun(run: EndedRun): RunVerdict {
  const outcome = run.outcome ?? 'interrupted';
  const readBack = run.phases.some(({ name, durationMs }) => name === 'verify-files' && durationMs !== null);
  switch (outcome) {
    case 'done':
      return run.warningsTotal > 0
        ? { tone: 'warn', words: 'warnings', verified: readBack }
        : { tone: 'ok', words: 'done', verified: readBack };
    case 'warnings':
      return { tone: 'warn', words: 'warnings', verified: readBack };
    case 'cancelled':
      return { tone: 'warn', words: 'cancelled', verified: false };
    case 'failed':
    case 'waiting':
    case 'interrupted':
      return { tone: 'bad', words: outcome, verified: false };
  }
}
