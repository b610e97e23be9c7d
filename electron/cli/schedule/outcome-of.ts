import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunOutcome, RunResult } from '../../../shared/domain/run.ts';
import { asStillpointError, type StillpointError, serializeError } from '../../../shared/errors/index.ts';
import { resultWithout } from '../../schedule/index.ts';

/** The result of a run that could not begin: what is only not there now is waited for, not failed at. */
export function resultOfError(runId: RunId, thrown: unknown): RunResult {
  const error = asStillpointError(thrown);
  const outcome = outcomeOf(error);
  return resultWithout(runId, outcome, error.message, outcome === 'cancelled' ? null : serializeError(error));
}

function outcomeOf({ kind }: StillpointError): RunOutcome {
  if (kind === 'cancelled') return 'cancelled';
  return kind === 'password-needed' || kind === 'repository-absent' ? 'waiting' : 'failed';
}
