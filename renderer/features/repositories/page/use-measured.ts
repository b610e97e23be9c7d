import { useCallback, useEffect, useRef, useState } from 'react';
import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import { ask } from '../../../state/ask.ts';

type Measured = NonNullable<Awaited<ReturnType<typeof statistics>>>;
const statistics = (id: RepositoryId, measure: boolean) => ask('repositories.statistics', { id, measure });

export interface Measuring {
  readonly measured: Measured | null;
  readonly error: StillpointError | null;
  readonly working: boolean;
  /** Whether it was asked what is known; before that nothing is begun. */
  readonly isKnown: boolean;
  readonly measure: () => void;
}

/** What was measured of a repository; `ready` false: nothing is asked. */
export function useMeasured(id: RepositoryId, ready: boolean): Measuring {
  const [state, setState] = useState<Omit<Measuring, 'measure'>>({
    measured: null,
    error: null,
    working: false,
    isKnown: false,
  });
  const shown = useRef(true);
  const load = useCallback(
    (measure: boolean): void => {
      setState((before) => ({ ...before, error: null, working: measure }));
      statistics(id, measure).then(
        (measured) => shown.current && setState({ measured, error: null, working: false, isKnown: true }),
        (thrown: unknown) =>
          shown.current &&
          setState((before) => ({ ...before, error: asStillpointError(thrown), working: false, isKnown: true })),
      );
    },
    [id],
  );
  useEffect(() => {
    shown.current = true;
    if (ready) load(false);
    return () => {
      shown.current = false;
    };
  }, [ready, load]);
  const measure = useCallback(() => load(true), [load]);
  return { ...state, measure };
}
