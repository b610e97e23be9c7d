import { useEffect, useState } from 'react';
import type { RunId } from '../../../../shared/domain/ids.ts';
import type { RunKind } from '../../../../shared/domain/run.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import { useAnswer } from '../../../state/use-answer.ts';
import type { RepositoryFacts } from '../repository-state.ts';

type Run = NonNullable<ReturnType<typeof useStore.getState>['runs']>[number];

export type { Run };

/** A run by its id, live while it is under way. */
export function useRun(runId: RunId | null): Run | null {
  const known = useStore((state) => state.runs?.find((run) => run.runId === runId));
  const { value } = useAnswer('runs.get', runId === null || known !== undefined ? null : { runId });
  return runId === null ? null : (known ?? value);
}

/** What is under way in a repository of one kind, whoever began it. */
export function useUnderWay({ id }: RepositoryFacts, kind: RunKind): Run | undefined {
  return useStore((state) =>
    state.runs?.find((run) => run.finishedAt === null && run.kind === kind && run.repositoryId === id),
  );
}

/** Starts a run and remembers which. */
export function useStarted(): {
  readonly runId: RunId | null;
  readonly error: StillpointError | null;
  readonly start: (begin: () => Promise<{ readonly runId: RunId }>) => void;
  readonly reset: () => void;
} {
  const [state, setState] = useState<{ runId: RunId | null; error: StillpointError | null }>({
    runId: null,
    error: null,
  });
  return {
    ...state,
    start: (begin) => {
      setState({ runId: null, error: null });
      begin().then(
        ({ runId }) => setState({ runId, error: null }),
        (thrown: unknown) => setState({ runId: null, error: asStillpointError(thrown) }),
      );
    },
    reset: () => setState({ runId: null, error: null }),
  };
}

type Report = Awaited<ReturnType<typeof reportOf>>;
const reportOf = (runId: RunId) => ask('repositories.report', { runId });

/** What an ended run found beyond its result; null while it is under way or where that is not known any more. */
export function useReport(run: Run | null): Report {
  const [report, setReport] = useState<Report>(null);
  const ended = run !== null && run.finishedAt !== null ? run.runId : null;
  useEffect(() => {
    setReport(null);
    if (ended === null) return;
    let current = true;
    reportOf(ended).then(
      (found) => current && setReport(found),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [ended]);
  return report;
}
