import type { errorKinds } from './kinds.ts';
import { asStillpointError, StillpointError } from './stillpoint-error.ts';

export interface SerializedError {
  readonly kind: (typeof errorKinds)[number];
  readonly message: string;
  readonly guidance: string;
  readonly field?: string | undefined;
  readonly retryable: boolean;
  readonly context: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: SerializedError | undefined;
}

/** Causes deeper than this are cut: a loop of causes must not hang whoever reports it. */
const maxCauseDepth = 5;

export function serializeError(value: unknown, depth = 0): SerializedError {
  const error = asStillpointError(value);
  const cause = error.cause === undefined || depth >= maxCauseDepth ? undefined : error.cause;
  return {
    kind: error.kind,
    message: error.message,
    guidance: error.guidance,
    ...(error.field === undefined ? {} : { field: error.field }),
    retryable: error.retryable,
    context: error.context,
    ...(cause === undefined ? {} : { cause: serializeCause(cause, depth + 1) }),
  };
}

function serializeCause(cause: unknown, depth: number): SerializedError {
  if (cause instanceof StillpointError) return serializeError(cause, depth);
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: 'internal', message, guidance: '', retryable: false, context: {} };
}

export function deserializeError(data: SerializedError): StillpointError {
  return new StillpointError({
    kind: data.kind,
    message: data.message,
    guidance: data.guidance,
    field: data.field,
    retryable: data.retryable,
    context: data.context,
    ...(data.cause === undefined ? {} : { cause: deserializeError(data.cause) }),
  });
}
