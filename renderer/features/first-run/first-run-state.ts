import type { RepositoryId, RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import type { FirstPassword, FirstPlace, FirstSource, PlaceWish } from './parts.ts';

export type Door = 'protect' | 'adopt';
export type FirstRunStep = 'doors' | 'what' | 'where' | 'password' | 'sheet';

export interface FirstRunState {
  readonly door: Door;
  readonly step: FirstRunStep;
  readonly source: FirstSource;
  readonly preflight: Preflight | null;
  readonly wish: PlaceWish;
  readonly place: FirstPlace | null;
  readonly password: FirstPassword | null;
  readonly working: boolean;
  readonly error: SerializedError | null;
  /** What was made already: an attempt after an error goes on from there and makes nothing twice. */
  readonly repositoryId: RepositoryId | null;
  readonly sourceId: SourceId | null;
  readonly runId: RunId | null;
}

export type FirstRunEvent =
  | { readonly type: 'door'; readonly door: Door }
  | { readonly type: 'source'; readonly source: FirstSource }
  | { readonly type: 'preflight'; readonly preflight: Preflight | null }
  | { readonly type: 'wish'; readonly wish: PlaceWish }
  | { readonly type: 'place'; readonly place: FirstPlace | null }
  | { readonly type: 'password'; readonly password: FirstPassword | null }
  | { readonly type: 'next' }
  | { readonly type: 'back' }
  | { readonly type: 'working' }
  | { readonly type: 'repository'; readonly id: RepositoryId }
  | { readonly type: 'source-added'; readonly id: SourceId }
  | { readonly type: 'started'; readonly runId: RunId }
  | { readonly type: 'failed'; readonly error: SerializedError };

export function firstState(source: FirstSource): FirstRunState {
  return {
    door: 'protect',
    step: 'doors',
    source,
    preflight: null,
    wish: 'create',
    place: null,
    password: null,
    working: false,
    error: null,
    repositoryId: null,
    sourceId: null,
    runId: null,
  };
}

/** The steps of a door, in order; the last one of each begins the work. */
export function stepsOf(door: Door): readonly FirstRunStep[] {
  return door === 'protect' ? ['what', 'where', 'password', 'sheet'] : ['where', 'password'];
}

export function canGoOn(state: FirstRunState): boolean {
  switch (state.step) {
    case 'doors':
    case 'sheet':
      return false;
    case 'what':
      return state.preflight !== null && state.source.name.trim() !== '';
    case 'where':
      return state.place !== null;
    case 'password':
      return state.password !== null && !state.working;
  }
}

export function firstRunReducer(state: FirstRunState, event: FirstRunEvent): FirstRunState {
  switch (event.type) {
    case 'door':
      return {
        ...state,
        door: event.door,
        step: event.door === 'protect' ? 'what' : 'where',
        wish: event.door === 'protect' ? 'create' : 'adopt',
        place: null,
        error: null,
      };
    case 'source':
      return { ...state, source: event.source };
    case 'preflight':
      return { ...state, preflight: event.preflight };
    case 'wish':
      return { ...state, wish: event.wish, place: null };
    case 'place':
      return { ...state, place: event.place };
    case 'password':
      // A wrong password is no longer wrong once another one is typed.
      return { ...state, password: event.password, error: null };
    case 'next':
      return goOn(state);
    case 'back':
      return goBack(state);
    case 'working':
      return { ...state, working: true, error: null };
    case 'repository':
      return { ...state, repositoryId: event.id };
    case 'source-added':
      return { ...state, sourceId: event.id };
    case 'started':
      return { ...state, runId: event.runId, working: false, step: 'sheet' };
    case 'failed':
      return { ...state, working: false, error: event.error };
  }
}

function goOn(state: FirstRunState): FirstRunState {
  // After the password comes work, not a step: `started` leads on.
  if (!canGoOn(state) || state.step === 'password') return state;
  const steps = stepsOf(state.door);
  const next = steps[steps.indexOf(state.step) + 1];
  return next === undefined ? state : { ...state, step: next, error: null };
}

function goBack(state: FirstRunState): FirstRunState {
  // What was made stays made: from there the way leads on only.
  if (state.working || state.repositoryId !== null) return state;
  const steps = stepsOf(state.door);
  const at = steps.indexOf(state.step);
  return { ...state, step: steps[at - 1] ?? 'doors', password: null, error: null };
}
