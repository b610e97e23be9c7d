import { createContext, type ReactNode, useCallback, useContext, useReducer } from 'react';
import { serializeError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { PutBackDialog } from './put-back-dialog.tsx';
import { idle, type PutBackWish, putBackReducer } from './put-back-state.ts';

export type PutBack = (wish: PutBackWish) => void;

const PutBackContext = createContext<PutBack>(() => {});

/** *Put back*, for whoever shows a snapshot or a file of one. `PutBackProvider` must be above. */
export function usePutBack(): PutBack {
  return useContext(PutBackContext);
}

/** Carries out *Put back*, asks where it must, and shows how it ended, above whatever view is open. */
export function PutBackProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [state, dispatch] = useReducer(putBackReducer, idle);
  const fail = useCallback((error: unknown) => dispatch({ type: 'failed', error: serializeError(error) }), []);

  const putBack = useCallback(
    (wish: PutBackWish) => {
      dispatch({ type: 'wanted', wish });
      ask('restore.putBack', { point: wish.point, selection: [...wish.selection] }).then((answer) => {
        if (answer.kind === 'started') dispatch({ type: 'started', runId: answer.runId });
        else if (answer.kind === 'ask') dispatch({ type: 'ask', plan: answer.plan });
        else dispatch({ type: 'nothing-to-do' });
      }, fail);
    },
    [fail],
  );
  const goAhead = useCallback(() => {
    if (state.kind !== 'asking') return;
    dispatch({ type: 'confirming' });
    ask('restore.start', { planId: state.plan.planId, unticked: [], safetySnapshot: true }).then(
      ({ runId }) => dispatch({ type: 'started', runId }),
      fail,
    );
  }, [state, fail]);

  return (
    <PutBackContext value={putBack}>
      {children}
      <PutBackDialog state={state} onGoAhead={goAhead} onAgain={putBack} onClose={() => dispatch({ type: 'closed' })} />
    </PutBackContext>
  );
}
