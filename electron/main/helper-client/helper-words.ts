import { StillpointError } from '../../../shared/errors/index.ts';
import type { HelperExit } from './helper-process.ts';

/** What people are told about the helper. */

export const refusedWords =
  'Permission to hold filesystems still was not given. Backups go on without it; files are checked while they are read.';

export const grantedLaterWords = 'Permission was given. It is used as soon as what is running now has ended.';

export const lostRightsWords =
  'The helper that may hold filesystems still has stopped. Backups go on without it; ask for permission again to use it.';

export function gaveUpWords(reason: string): string {
  return `The backup helper keeps stopping (${reason}). Nothing can be backed up or restored until it runs again.`;
}

export function describeExit({ code, signal, startError }: HelperExit): string {
  if (startError) return `it could not be started: ${startError.message}`;
  if (signal) return `it was ended by ${signal}`;
  return `it ended with code ${code}`;
}

export function crashed(reason: string): StillpointError {
  return new StillpointError({
    kind: 'helper-crashed',
    message: `The backup helper stopped unexpectedly: ${reason}.`,
    guidance: 'What was stored is kept. The helper is started again by itself; try again then.',
    retryable: true,
  });
}

export function unavailable(explanation: string): StillpointError {
  return new StillpointError({
    kind: 'helper-unavailable',
    message: explanation,
    guidance: 'Restart Stillpoint. If it happens again, install it anew and look into the helper’s log.',
    retryable: true,
  });
}

export function wrongVersion(theirs: number, ours: number): StillpointError {
  return new StillpointError({
    kind: 'helper-unavailable',
    message: `The backup helper speaks version ${theirs} of the protocol, this app version ${ours}.`,
    guidance: 'Install app and helper from the same package.',
  });
}

export function refused(): StillpointError {
  return new StillpointError({
    kind: 'authorization-refused',
    message: refusedWords,
    guidance: 'Ask again when you want, or ask whoever administers this computer.',
    retryable: true,
  });
}
