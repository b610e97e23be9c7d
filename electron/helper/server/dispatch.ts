import type { z } from 'zod';
import { StillpointError, throwIfAborted } from '../../../shared/errors/index.ts';
import type { CommandRight } from '../../../shared/helper/command.ts';
import { type HelperCommandName, helperCommandNameSchema, helperContract } from '../../../shared/helper/contract.ts';
import type { Handlers } from './service.ts';
import { withSystemWords } from './system-error.ts';

export interface Asking {
  readonly signal: AbortSignal;
  /** False: nobody is asked; only consent that is given already counts. */
  readonly mayAsk: boolean;
}

export interface Authority {
  /** Rejects with `authorization-refused` or `not-permitted` when the caller lacks the right. */
  require(right: CommandRight, command: HelperCommandName, asking: Asking): Promise<void>;
}

export interface DispatchRequest {
  readonly command: string;
  readonly params: unknown;
  readonly deadlineMs?: number | undefined;
  /** Default true. */
  readonly mayAsk?: boolean | undefined;
}

/**
 * Runs one command: name known, parameters valid, right held, deadline armed; in that order, so that nothing is asked of
 * an administrator for a malformed request. Unknown fields are refused: they are a mistake or an attempt.
 */
export async function dispatch(
  handlers: Handlers,
  authority: Authority,
  request: DispatchRequest,
  context: { readonly signal: AbortSignal; readonly emit: (event: unknown) => Promise<void> | undefined },
): Promise<unknown> {
  const name = parseName(request.command);
  const spec = helperContract[name];
  const params = parseParams(spec.params, request.params);
  throwIfAborted(context.signal);
  await authority.require(spec.right, name, { signal: context.signal, mayAsk: request.mayAsk !== false });
  // A person may have taken minutes to answer: whoever asked may have gone, or thought better of it.
  throwIfAborted(context.signal);
  const timeoutMs = request.deadlineMs ?? spec.timeoutMs;
  const deadline = new AbortController();
  const timer = timeoutMs > 0 ? setTimeout(() => deadline.abort(tooLate(name, timeoutMs)), timeoutMs) : undefined;
  const signal = AbortSignal.any([context.signal, deadline.signal]);
  try {
    // The handler map is keyed by the same name as the schema that validated the parameters.
    const handler = handlers[name] as (params: unknown, context: unknown) => Promise<unknown>;
    const work = handler(params, { signal, emit: context.emit });
    return spec.result.parse(await (timeoutMs > 0 ? Promise.race([work, rejectOn(deadline.signal)]) : work));
  } catch (error) {
    throw withSystemWords(error);
  } finally {
    clearTimeout(timer);
  }
}

function parseName(command: string): HelperCommandName {
  const name = helperCommandNameSchema.safeParse(command);
  if (name.success) return name.data;
  throw new StillpointError({
    kind: 'protocol',
    message: `There is no command "${command.slice(0, 64)}".`,
    guidance: 'The app and its helper are of different versions; restart the app.',
    field: 'command',
  });
}

function parseParams(schema: z.ZodType, params: unknown): unknown {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = ['params', ...(issue?.path ?? [])].join('.');
  throw new StillpointError({
    kind: 'bad-input',
    message: `${field}: ${issue?.message ?? 'not valid'}.`,
    guidance: 'Correct this value and try again.',
    field,
  });
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function tooLate(name: HelperCommandName, timeoutMs: number): StillpointError {
  return new StillpointError({
    kind: 'deadline-exceeded',
    message: `"${helperContract[name].title}" took longer than ${timeoutMs / 1000} s.`,
    guidance: 'The disk or network behind it may be slow or gone. Check it and try again.',
    retryable: true,
  });
}
