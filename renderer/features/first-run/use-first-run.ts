import { type Dispatch, useReducer } from 'react';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { serializeError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { type FirstRunEvent, type FirstRunState, firstRunReducer, firstState } from './first-run-state.ts';
import { type PlaceNames, useFirstRunParts } from './parts.ts';

export interface FirstRun {
  readonly state: FirstRunState;
  readonly dispatch: Dispatch<FirstRunEvent>;
  /** Makes or adopts the repository, registers the source and starts the first backup; goes on where it stopped. */
  readonly begin: () => void;
  readonly leave: () => void;
}

export function useFirstRun(names: PlaceNames & { readonly repository: string }): FirstRun {
  const { emptySource, requiredLevelFor, specOf } = useFirstRunParts();
  const home = useStore((store) => store.info?.homePath ?? '');
  const { open, backUp, changeSettings, refreshRepositories, refreshSources, selectSource } = useStore();
  const [state, dispatch] = useReducer(firstRunReducer, home, (path) => firstState(emptySource(path, path, names)));

  const leave = (): void => {
    // The way in stays open by hand; that it is not shown again is worth no error.
    changeSettings({ firstRunDone: true }).catch(() => {});
    open({ name: 'main' });
  };
  const repository = async (): Promise<RepositoryId | null> => {
    if (state.repositoryId !== null) return state.repositoryId;
    const { place, password, wish } = state;
    if (place === null || password === null) return null;
    const made = await ask(wish === 'create' ? 'repositories.create' : 'repositories.adopt', {
      name: names.repository,
      location: { kind: 'local', path: place.path },
      ...password,
    });
    dispatch({ type: 'repository', id: made.id });
    await refreshRepositories();
    return made.id;
  };
  const protect = async (repositoryId: RepositoryId): Promise<void> => {
    const { source, preflight } = state;
    if (preflight === null) return;
    let { sourceId } = state;
    if (sourceId === null) {
      const added = await ask('sources.add', {
        name: source.name.trim(),
        spec: specOf(source),
        policy: defaultPolicy(repositoryId, requiredLevelFor(preflight)),
      });
      sourceId = added.id;
      dispatch({ type: 'source-added', id: sourceId });
    }
    const runId = await backUp(sourceId);
    await refreshSources();
    selectSource(sourceId);
    dispatch({ type: 'started', runId });
  };
  const begin = (): void => {
    dispatch({ type: 'working' });
    const work = async (): Promise<void> => {
      const repositoryId = await repository();
      if (repositoryId === null) return;
      if (state.door === 'adopt') leave();
      else await protect(repositoryId);
    };
    work().catch((error: unknown) => dispatch({ type: 'failed', error: serializeError(error) }));
  };

  return { state, dispatch, begin, leave };
}
