import { useState } from 'react';
import type { RunId } from '../../../shared/domain/ids.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { type RestoreRun, useRun } from './use-run.ts';

export interface Undo {
  readonly run: RestoreRun | null;
  readonly starting: boolean;
  readonly error: StillpointError | null;
  readonly start: (restoreRunId: RunId) => void;
}

/** Takes a restore back. It asks nothing: an undo keeps what changed since, makes its own safety snapshot, and says so. */
export function useUndo(): Undo {
  const [runId, setRunId] = useState<RunId | null>(null);
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const run = useRun(runId);
  const start = (restoreRunId: RunId): void => {
    setStarting(true);
    setError(null);
    ask('restore.undo', { restoreRunId }).then(
      (started) => {
        setRunId(started.runId);
        setStarting(false);
      },
      (thrown: unknown) => {
        setError(asStillpointError(thrown));
        setStarting(false);
      },
    );
  };
  return { run, starting, error, start };
}
