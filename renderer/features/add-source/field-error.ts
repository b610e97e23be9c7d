import type { StillpointError } from '../../../shared/errors/index.ts';

/** The words of an error that belongs to one input, to stand beside it; null when it belongs elsewhere. */
export function fieldError(
  error: Pick<StillpointError, 'message' | 'guidance' | 'field'> | null,
  input: string,
): string | null {
  if (error?.field === undefined) return null;
  const names = error.field.toLowerCase().split(/[.[\]\s]+/);
  if (!names.includes(input.toLowerCase())) return null;
  return [error.message, error.guidance].filter((part) => part !== '').join(' ');
}
