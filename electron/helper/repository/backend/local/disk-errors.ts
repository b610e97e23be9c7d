import { isStillpointError, StillpointError } from '../../../../../shared/errors/index.ts';
import { repositoryAbsent } from '../../failures.ts';

export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const fullCodes = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const readOnlyCodes = ['EROFS', 'EACCES', 'EPERM'];
const absentCodes = ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ENOMEDIUM', 'ESTALE', 'ENOTCONN', 'EHOSTDOWN'];

/** What a failed file call means to the user. `action` completes "could not ...", e.g. "write pack 12345678". */
export function diskError(error: unknown, action: string, location: string): StillpointError {
  if (isStillpointError(error)) return error;
  const code = errorCode(error);
  const context = { location, errno: code ?? 'unknown' };
  if (code !== undefined && absentCodes.includes(code)) return repositoryAbsent(location, error, context);
  if (code !== undefined && fullCodes.includes(code)) {
    return new StillpointError({
      kind: 'repository-full',
      message: `The disk of the repository at ${location} is full: could not ${action}.`,
      guidance: 'Free some space there, or remove old snapshots, and run again. What was already stored is kept.',
      retryable: true,
      context,
      cause: error,
    });
  }
  if (code !== undefined && readOnlyCodes.includes(code)) {
    return new StillpointError({
      kind: 'repository-read-only',
      message: `The repository at ${location} does not allow this: could not ${action}.`,
      guidance: 'Check that its disk is not mounted read-only and that you may write to the folder.',
      retryable: true,
      context,
      cause: error,
    });
  }
  return new StillpointError({
    kind: 'io',
    message: `The disk of the repository at ${location} reported an error: could not ${action} (${code ?? 'unknown error'}).`,
    guidance: 'Check the disk and its cable, then run a check of the repository.',
    retryable: true,
    context,
    cause: error,
  });
}
