import { type ErrorDetails, StillpointError } from '../../../shared/errors/index.ts';

type Context = NonNullable<ErrorDetails['context']>;

const damageGuidance =
  'Run a full check of this repository to see which snapshots are affected. Other snapshots stay usable.';

/** Stored bytes are not what they must be. `context` names the file (`pack`, `blob`, `index`, `snapshot`, ...). */
export function damaged(message: string, context: Context = {}, cause?: unknown): StillpointError {
  return new StillpointError({ kind: 'repository-damaged', message, guidance: damageGuidance, context, cause });
}

/** Stored bytes are whole but say something this version does not know. */
export function unsupported(message: string): StillpointError {
  return new StillpointError({
    kind: 'unsupported-format',
    message,
    guidance: 'It was probably written by a newer program. Update Stillpoint and try again.',
  });
}

export function badInput(field: string, message: string, guidance: string): StillpointError {
  return new StillpointError({ kind: 'bad-input', message, guidance, field });
}

/** A caller broke an obligation of this module: a defect, never the user's fault. */
export function misuse(message: string): StillpointError {
  return new StillpointError({
    kind: 'internal',
    message,
    guidance:
      'This is a defect of Stillpoint. What is already stored is not affected; please report the log of this run.',
  });
}

export function repositoryExists(location: string): StillpointError {
  return new StillpointError({
    kind: 'repository-exists',
    message: `There is already a repository at ${location}.`,
    guidance: 'Open it with its password, or choose another place for a new one.',
  });
}

export function repositoryAbsent(location: string, cause?: unknown, context: Context = {}): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    message: `There is no repository at ${location} now.`,
    guidance: 'If it is on an external disk or a network drive, connect it and try again.',
    retryable: true,
    context,
    cause,
  });
}
