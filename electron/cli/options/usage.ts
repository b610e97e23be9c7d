import { StillpointError } from '../../../shared/errors/index.ts';

/** How a command was written is wrong: the option, what is wrong with it, and what would be right. */
export function usage(field: string, message: string, guidance: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'wrong-usage',
    field,
    message,
    guidance,
    ...(cause === undefined ? {} : { cause }),
  });
}
