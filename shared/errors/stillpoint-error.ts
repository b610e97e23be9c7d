import type { ErrorKind } from './kinds.ts';

export interface ErrorDetails {
  readonly kind: ErrorKind;
  /** What happened, one sentence for a person, naming the thing it happened to. Never holds a secret. */
  readonly message: string;
  /** What the user can do now. Empty only where nothing can be done. */
  readonly guidance: string;
  /** The input that is wrong, as the user knows it: `--repo`, `params.path`, `Password`. */
  readonly field?: string | undefined;
  /** Whether doing the same again later may succeed. */
  readonly retryable?: boolean | undefined;
  /** Facts for code and logs (paths, ids, errno names); values are short strings or numbers. */
  readonly context?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly cause?: unknown;
}

/** An error is data: it can cross processes, be stored in a run log and be shown without being parsed. */
export class StillpointError extends Error {
  readonly kind: ErrorKind;
  readonly guidance: string;
  readonly field: string | undefined;
  readonly retryable: boolean;
  readonly context: Readonly<Record<string, string | number | boolean>>;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'StillpointError';
    this.kind = details.kind;
    this.guidance = details.guidance;
    this.field = details.field;
    this.retryable = details.retryable ?? false;
    this.context = details.context ?? {};
  }
}

export function isStillpointError(value: unknown, kind?: ErrorKind): value is StillpointError {
  return value instanceof StillpointError && (kind === undefined || value.kind === kind);
}

/** Wraps what is not ours as `internal`: a defect, reported as one, its cause kept. */
export function asStillpointError(value: unknown): StillpointError {
  if (value instanceof StillpointError) return value;
  if (value instanceof Error && value.name === 'AbortError') return cancelled(value);
  const message = value instanceof Error ? value.message : String(value);
  return new StillpointError({
    kind: 'internal',
    message: `Something unexpected went wrong: ${message}`,
    guidance: 'Nothing that was already stored is affected. Try again; if it happens again, send the log of this run.',
    retryable: true,
    cause: value,
  });
}

export function cancelled(cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'cancelled',
    message: 'Cancelled.',
    guidance: 'What was already stored is kept, and the next run continues from it.',
    retryable: true,
    cause,
  });
}

/** Throws the abort reason when it is one of ours, else `cancelled`. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw isStillpointError(signal.reason) ? signal.reason : cancelled(signal.reason);
}
