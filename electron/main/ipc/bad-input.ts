import type { z } from 'zod';
import { StillpointError } from '../../../shared/errors/index.ts';

/** Names the field and the fix of the first thing that is wrong. */
export function badInput(error: z.ZodError): StillpointError {
  const issue = error.issues[0];
  const field = issue?.path.map(String).join('.') || (issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined);
  const fault = issue?.message ?? 'it does not have the expected form';
  return new StillpointError({
    kind: 'bad-input',
    message: field === undefined ? `The request is not valid: ${fault}.` : `${field} is not valid: ${fault}.`,
    guidance: 'Correct it and try again. Nothing was changed.',
    field,
  });
}
