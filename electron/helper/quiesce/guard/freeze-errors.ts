import { StillpointError } from '../../../../shared/errors/index.ts';
import { errnoName } from '../../system/errno.ts';

/** Why FIFREEZE was refused, for people. The filesystem is not frozen by us then. Source: fs/super.c, ioctl_fs. */
export function freezeRefused(errno: number, where: string): StillpointError {
  const code = errnoName(errno);
  const context = { errno: code, where };
  switch (code) {
    case 'EBUSY':
      return new StillpointError({
        kind: 'freeze-busy',
        message: `${where} is already held still by another program.`,
        guidance:
          'Wait until the other backup or snapshot is done. Stillpoint never ends a freeze that is not its own.',
        retryable: true,
        context,
      });
    case 'ENOTSUP':
      return new StillpointError({
        kind: 'freeze-unsupported',
        message: `The filesystem of ${where} cannot be held still.`,
        guidance: 'Back it up live, or choose a folder on a filesystem such as ext4, xfs or btrfs.',
        context,
      });
    case 'EPERM':
    case 'EACCES':
      return new StillpointError({
        kind: 'freeze-not-permitted',
        message: `Stillpoint is not allowed to hold ${where} still.`,
        guidance: 'Install Stillpoint’s system helper, or back up live.',
        context,
      });
    default:
      return new StillpointError({
        kind: 'freeze-refused',
        message: `${where} could not be held still (${code}).`,
        guidance: 'Look for errors of this disk in the system’s log, then try again.',
        retryable: true,
        context,
      });
  }
}

export function endedEarly(where: string, why: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-ended-early',
    message: `${where} was let go before its data was taken: ${why}.`,
    guidance: 'This attempt is dropped. Stillpoint tries again; if it keeps happening, allow a longer pause.',
    retryable: true,
    context: { where },
  });
}

export function guardDidNotStart(why: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: `The freeze guard did not start: ${why}.`,
    guidance: 'Nothing was held still. Install Stillpoint again if this repeats.',
    retryable: true,
    cause,
  });
}

export function guardNotSafe(why: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: `Nothing was held still, because the end of the pause could not be guaranteed: ${why}`,
    guidance: 'Start Stillpoint from a system with systemd, or as a service of the system; until then it copies live.',
  });
}
