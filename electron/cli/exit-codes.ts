import type { RunOutcome } from '../../shared/domain/run.ts';
import type { StillpointError } from '../../shared/errors/index.ts';

/** Exit codes, promised to scripts. */
export const exitCodes = { done: 0, failed: 1, usage: 2, warnings: 3, cancelled: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOfOutcome(outcome: RunOutcome): ExitCode {
  switch (outcome) {
    case 'done':
      return exitCodes.done;
    case 'warnings':
      return exitCodes.warnings;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'failed':
    case 'waiting':
    case 'interrupted':
      return exitCodes.failed;
  }
}

export function exitCodeOfError(error: StillpointError): ExitCode {
  if (error.kind === 'cancelled') return exitCodes.cancelled;
  if (error.kind === 'wrong-usage' || error.kind === 'bad-input') return exitCodes.usage;
  return exitCodes.failed;
}
