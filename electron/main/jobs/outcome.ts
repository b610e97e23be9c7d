import type { RunOutcome } from '../../../shared/domain/run.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';

/** How a run ended that could not say it itself. Something that is only not there now is waited for, not failed at. */
export function outcomeOf(error: StillpointError): RunOutcome {
  switch (error.kind) {
    case 'cancelled':
      return 'cancelled';
    case 'password-needed':
    case 'repository-absent':
      return 'waiting';
    case 'helper-crashed':
      return 'interrupted';
    default:
      return 'failed';
  }
}
