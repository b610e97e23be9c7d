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

/** The words of an error that belongs to one place of several; null when it belongs elsewhere. */
export function memberError(
  error: Pick<StillpointError, 'message' | 'guidance' | 'field'> | null,
  at: number,
): string | null {
  if (error === null || memberIn(error.field) !== at) return null;
  return [error.message, error.guidance].filter((part) => part !== '').join(' ');
}

/** Which of several places a field is of; null where it is of none. */
export function memberIn(field: string | undefined): number | null {
  const match = /members[.[](\d+)/.exec(field ?? '');
  return match === null ? null : Number(match[1]);
}
