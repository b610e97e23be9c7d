import { StillpointError } from '../../../../shared/errors/index.ts';
import type { LockHolder } from './held-lock.ts';
import { describeHolder } from './holder.ts';

export function lockedBy(holders: readonly LockHolder[], location: string): StillpointError {
  const [first] = holders;
  const who = first ? describeHolder(first) : 'someone else';
  const more = holders.length > 1 ? ` and ${holders.length - 1} more` : '';
  return new StillpointError({
    kind: 'repository-locked',
    message: `The repository at ${location} is in use by ${who}${more}.`,
    guidance:
      'Wait until that is finished and try again. A lock of a program that no longer runs stops counting after 30 minutes.',
    retryable: true,
    context: first
      ? { location, hostname: first.hostname, username: first.username, pid: first.pid, lock: first.id }
      : { location },
  });
}

export function lockLost(cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'lock-lost',
    message: 'The lock on the repository was lost while it was in use.',
    guidance:
      'Nothing stored before is affected. Run it again; this happens when the computer slept or the disk went away.',
    retryable: true,
    cause,
  });
}
