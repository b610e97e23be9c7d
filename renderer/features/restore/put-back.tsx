import { type ReactNode, useCallback, useReducer } from 'react';
import { serializeError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { PutBackContext, type PutBackWish } from '../../state/put-back.ts';
import { PutBackDialog } from './put-back-dialog.tsx';
import { idle, putBackReducer } from './put-back-state.ts';

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
