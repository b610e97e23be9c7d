import { type ErrorDetails, isStillpointError, StillpointError } from '../../../../../shared/errors/index.ts';

type Details = Omit<ErrorDetails, 'kind' | 'retryable'> & {
  readonly kind?: ErrorDetails['kind'];
  /** Milliseconds that the other side asked us to wait. */
  readonly retryAfterMs?: number | undefined;
};

/** A failure that the same call may not meet a moment later. `guidance` is for when it does. */
export function transientError({ kind = 'io', retryAfterMs, context, ...details }: Details): StillpointError {
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new StillpointError({ ...details, kind, retryable: true, context: { ...context, ...asked, transient: true } });
}

export function isTransient(error: unknown): error is StillpointError {
  return isStillpointError(error) && error.context.transient === true;
}

export function retryAfterOf(error: StillpointError): number {
  const { retryAfterMs } = error.context;
  return typeof retryAfterMs === 'number' ? retryAfterMs : 0;
}
