import { type Dispatch, useCallback, useEffect, useReducer } from 'react';
import { serializeError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import {
  openWizard,
  untickedPaths,
  type WizardEvent,
  type WizardOpening,
  type WizardState,
  wizardReducer,
  wizardRequest,
} from './wizard-state.ts';

export interface Wizard {
  readonly state: WizardState;
  readonly dispatch: Dispatch<WizardEvent>;
  /** Starts what the preview shows; without a safety snapshot only when the user refused it. */
  readonly start: () => void;
}

/** The wizard's state with the questions it asks main: a plan whenever one is needed, the start when told. */
export function useWizard(opening: WizardOpening): Wizard {
  const [state, dispatch] = useReducer(wizardReducer, opening, openWizard);
  const { planTurn } = state;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is what asks for a new plan.
  useEffect(() => {
    if (planTurn === 0) return;
    ask('restore.plan', wizardRequest(state)).then(
      (plan) => dispatch({ type: 'planned', turn: planTurn, plan }),
      (error: unknown) => dispatch({ type: 'plan-failed', turn: planTurn, error: serializeError(error) }),
    );
  }, [planTurn]);

  const { plan, unticked, safety } = state;
  const start = useCallback(() => {
    if (plan === null) return;
    dispatch({ type: 'starting' });
    const request = {
      planId: plan.planId,
      unticked: [...untickedPaths(unticked)],
      safetySnapshot: safety !== 'refused',
    };
    ask('restore.start', request).then(
      ({ runId }) => dispatch({ type: 'started', runId }),
      (error: unknown) => dispatch({ type: 'start-failed', error: serializeError(error) }),
    );
  }, [plan, unticked, safety]);

  return { state, dispatch, start };
}
