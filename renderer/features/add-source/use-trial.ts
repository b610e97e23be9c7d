import { useCallback, useState } from 'react';
import type { FreezeTrial, TrialState, TrialTarget } from '../../../shared/domain/freeze-trial.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';

export interface Trial {
  /** Null until it is known, and where nothing may be held at all. */
  readonly state: TrialState | null;
  /** What was done just now, in this place. */
  readonly done: FreezeTrial | null;
  readonly working: 'test' | 'skip' | null;
  readonly error: StillpointError | null;
  readonly test: () => void;
  readonly skip: () => void;
}

/** The trial of the filesystem that a folder lies on. `onDone`: what it would get may be something else now. */
export function useTrial(target: TrialTarget, onDone: () => void): Trial {
  const canFreeze = useStore((state) => state.info?.helper.canFreeze ?? false);
  const { value, reload } = useAnswer('stillPoints.trialState', canFreeze ? target : null);
  const [done, setDone] = useState<FreezeTrial | null>(null);
  const [working, setWorking] = useState<Trial['working']>(null);
  const [error, setError] = useState<StillpointError | null>(null);
  const act = useCallback(
    async (what: 'test' | 'skip') => {
      setWorking(what);
      setError(null);
      try {
        setDone(await ask(what === 'test' ? 'stillPoints.tryOut' : 'stillPoints.skipTrial', target));
        onDone();
      } catch (thrown) {
        setError(asStillpointError(thrown));
      } finally {
        setWorking(null);
        reload();
      }
    },
    [target, reload, onDone],
  );
  return {
    ...{ state: canFreeze ? value : null, done, working, error },
    test: () => void act('test'),
    skip: () => void act('skip'),
  };
}
