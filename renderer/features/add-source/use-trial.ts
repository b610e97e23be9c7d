import { useCallback, useState } from 'react';
import type { FreezeTrial, TrialState, TrialTarget } from '../../../shared/domain/freeze-trial.ts';
import { asStillpointError, isStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
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
  /** The test under way was asked to stop. */
  readonly isCancelling: boolean;
  /** It was stopped before it could say anything. */
  readonly isCancelled: boolean;
  readonly test: () => void;
  readonly cancel: () => void;
  readonly skip: () => void;
}

/** The trial of the filesystem that a folder lies on. `onDone`: what it would get may be something else now. */
export function useTrial(target: TrialTarget, onDone: () => void): Trial {
  const canFreeze = useStore((state) => state.info?.helper.canFreeze ?? false);
  const { value, reload } = useAnswer('stillPoints.trialState', canFreeze ? target : null);
  const [done, setDone] = useState<FreezeTrial | null>(null);
  const [working, setWorking] = useState<Trial['working']>(null);
  const [error, setError] = useState<StillpointError | null>(null);
  const [isCancelling, setIsCancelling] = useState(false);
  const [isCancelled, setIsCancelled] = useState(false);
  const act = useCallback(
    async (what: 'test' | 'skip') => {
      setWorking(what);
      setError(null);
      setIsCancelled(false);
      try {
        setDone(await ask(what === 'test' ? 'stillPoints.tryOut' : 'stillPoints.skipTrial', target));
        onDone();
      } catch (thrown) {
        if (isStillpointError(thrown, 'cancelled')) setIsCancelled(true);
        else setError(asStillpointError(thrown));
      } finally {
        setWorking(null);
        setIsCancelling(false);
        reload();
      }
    },
    [target, reload, onDone],
  );
  const cancel = useCallback(async () => {
    setIsCancelling(true);
    try {
      await ask('stillPoints.cancelTrial', target);
    } catch (thrown) {
      setIsCancelling(false);
      setError(asStillpointError(thrown));
    }
  }, [target]);
  return {
    ...{ state: canFreeze ? value : null, done, working, error, isCancelling, isCancelled },
    cancel: () => void cancel(),
    test: () => void act('test'),
    skip: () => void act('skip'),
  };
}
