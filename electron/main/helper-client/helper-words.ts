import { StillpointError } from '../../../shared/errors/index.ts';
import type { HelperExit } from './helper-process.ts';

/** What people are told about the helper. */

export const refusedWords = 'Permission was asked for and not given; it is not asked for again by itself.';

export const nobodyAskedWords =
  'Nobody could be asked for permission: nothing in this session can show the system’s question.';

export const notTakenOverWords = 'Permission was given, but could not be used';

export const grantedLaterWords = 'Permission was given. It is used as soon as what is running now has ended.';

export const lostRightsWords =
  'The helper that may hold filesystems still has stopped. Backups go on without it; ask for permission again to use it.';

export const gaveUpWords =
  'The part of Stillpoint that does the work keeps stopping. Nothing can be backed up or restored until it runs again.';

/** For the log. */
export function describeExit({ code, signal, startError }: HelperExit): string {
  if (startError) return `it could not be started: ${startError.message}`;
  if (signal) return `it was ended by ${signal}`;
  return `it ended with code ${code}`;
}

/** How it ended is for the log: no person can do anything with a signal or an exit code. */
export function crashed(): StillpointError {
  return new StillpointError({
    kind: 'helper-crashed',
    message: 'The part of Stillpoint that does the work stopped, and is started again by itself.',
    guidance: 'What was stored is kept. The next run goes on from it.',
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

export function notUsed(): StillpointError {
  return new StillpointError({
    kind: 'authorization-refused',
    message: `${notTakenOverWords}.`,
    guidance: 'Ask again when you want, or ask whoever administers this computer.',
    retryable: true,
  });
}
