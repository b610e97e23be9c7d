import type { RunId } from '../../../shared/domain/ids.ts';
import type { RestorePlan } from '../../../shared/domain/restore.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import type { PutBackWish } from '../../state/put-back.ts';

/** One click: nothing is asked unless something is open, would be lost or does not fit. */
export type PutBackState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looking'; readonly wish: PutBackWish }
  | { readonly kind: 'nothing-to-do'; readonly wish: PutBackWish }
  | {
      readonly kind: 'asking';
      readonly wish: PutBackWish;
      readonly plan: RestorePlan;
      readonly starting: boolean;
      readonly error: SerializedError | null;
    }
  | { readonly kind: 'running'; readonly wish: PutBackWish; readonly runId: RunId }
  | { readonly kind: 'failed'; readonly wish: PutBackWish; readonly error: SerializedError };

export type PutBackEvent =
  | { readonly type: 'wanted'; readonly wish: PutBackWish }
  | { readonly type: 'nothing-to-do' }
  | { readonly type: 'ask'; readonly plan: RestorePlan }
  | { readonly type: 'confirming' }
  | { readonly type: 'started'; readonly runId: RunId }
  | { readonly type: 'failed'; readonly error: SerializedError }
  | { readonly type: 'closed' };

export const idle: PutBackState = { kind: 'idle' };

export function putBackReducer(state: PutBackState, event: PutBackEvent): PutBackState {
  if (event.type === 'closed') return idle;
  if (event.type === 'wanted') {
    // A second click while the first is being worked out must not start a second restore.
    return state.kind === 'looking' ? state : { kind: 'looking', wish: event.wish };
  }
  // An answer that comes after the window was closed starts nothing and shows nothing.
  if (state.kind === 'idle') return state;
  const { wish } = state;
  switch (event.type) {
    case 'nothing-to-do':
      return { kind: 'nothing-to-do', wish };
    case 'ask':
      return { kind: 'asking', wish, plan: event.plan, starting: false, error: null };
    case 'confirming':
      return state.kind === 'asking' ? { ...state, starting: true, error: null } : state;
    case 'started':
      return { kind: 'running', wish, runId: event.runId };
    case 'failed':
      return state.kind === 'asking'
        ? { ...state, starting: false, error: event.error }
        : { kind: 'failed', wish, error: event.error };
  }
}

/** Whether the asked-about plan may go ahead as it is: what does not fit needs another folder, not a yes. */
export function mayGoAhead(plan: RestorePlan): boolean {
  return !plan.warnings.some(({ code }) => code === 'no-space');
}
