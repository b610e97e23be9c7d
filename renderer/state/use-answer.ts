import { useCallback, useEffect, useRef, useState } from 'react';
import { asStillpointError, type StillpointError } from '../../shared/errors/index.ts';
import type { IpcMethodName, IpcParams, IpcResult } from '../../shared/ipc/contract.ts';
import { ask } from './ask.ts';

export interface Answer<T> {
  /** The newest answer; kept while a newer one is on its way. */
  readonly value: T | null;
  readonly error: StillpointError | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Asks when shown and whenever the params change (compared as JSON); `null` params ask nothing. Answers that arrive out
 * of order are dropped.
 */
export function useAnswer<N extends IpcMethodName>(name: N, params: IpcParams<N> | null): Answer<IpcResult<N>> {
  const [state, setState] = useState<Omit<Answer<IpcResult<N>>, 'reload'>>({ value: null, error: null, loading: true });
  const [round, setRound] = useState(0);
  const key = params === null ? null : JSON.stringify(params);
  const latest = useRef(params);
  latest.current = params;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again, `key` stands for the params.
  useEffect(() => {
    if (latest.current === null) {
      setState({ value: null, error: null, loading: false });
      return;
    }
    let current = true;
    setState((before) => ({ ...before, loading: true }));
    ask(name, latest.current).then(
      (value) => current && setState({ value, error: null, loading: false }),
      (error: unknown) => current && setState({ value: null, error: asStillpointError(error), loading: false }),
    );
    return () => {
      current = false;
    };
  }, [name, key, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}
