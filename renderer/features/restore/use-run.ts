import { useEffect, useState } from 'react';
import type { RunId } from '../../../shared/domain/ids.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';

type Runs = NonNullable<ReturnType<typeof useStore.getState>['runs']>;
export type RestoreRun = Runs[number];

/** A run as the store follows it; asked for once where the store does not have it yet. */
export function useRun(runId: RunId | null): RestoreRun | null {
  const followed = useStore((state) => state.runs?.find((run) => run.runId === runId) ?? null);
  const [asked, setAsked] = useState<RestoreRun | null>(null);
  const missing = runId !== null && followed === null;

  useEffect(() => {
    if (!missing || runId === null) return;
    let current = true;
    ask('runs.get', { runId }).then(
      (run) => current && setAsked(run),
      () => {},
    );
    return () => {
      current = false;
    };
  }, [missing, runId]);

  return followed ?? (asked?.runId === runId ? asked : null);
}
