import type { RunView } from '../../../shared/ipc/runs.ts';
import { type AppState, useStore } from '../../state/store.ts';

/** What people call the thing a run works on: the source, else the repository, else the run's own title. */
export function runName(run: RunView, { sources, repositories }: Pick<AppState, 'sources' | 'repositories'>): string {
  return (
    sources?.find(({ id }) => id === run.sourceId)?.name ??
    repositories?.find(({ id }) => id === run.repositoryId)?.name ??
    run.title
  );
}

export function useRunName(run: RunView): string {
  return useStore((state) => runName(run, state));
}
