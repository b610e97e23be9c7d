import { StillpointError } from '../../../../../shared/errors/index.ts';
import { repositoryAbsent } from '../../failures.ts';
import { transientError } from '../decorators/transient.ts';
import type { Room } from './sftp-client.ts';
import { status } from './wire.ts';

/** What the server answered to one request. */
export class SftpStatus extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message === '' ? `status ${code}` : message);
    this.name = 'SftpStatus';
    this.code = code;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof SftpStatus && error.code === status.noSuchFile;
}

export function isFailure(error: unknown): boolean {
  return error instanceof SftpStatus && error.code === status.failure;
}

/** A save failed, and what is left there is less than it needed. */
export function noRoom(location: string, room: Room, needed: number, cause: unknown): StillpointError {
  const left = room.freeFiles === 0 ? 'no more files can be made there' : `${room.free} bytes are left there`;
  return new StillpointError({
    kind: 'repository-full',
    message: `There is no room at ${location} to store ${needed} bytes: ${left}.`,
    guidance:
      'Make room on the disk of the server, or remove old snapshots, and run again. What was already stored is kept.',
    retryable: true,
    context: { location, needed, free: room.free },
    cause,
  });
}

/** What a failed call means to a person. `action` completes "could not ...". */
export function sftpError(error: unknown, action: string, location: string): Error {
  if (!(error instanceof SftpStatus)) return error instanceof Error ? error : new Error(String(error));
  const context = { location, status: error.code };
  if (error.code === status.noSuchFile) return repositoryAbsent(location, error, context);
  if (error.code === status.permissionDenied)
    return new StillpointError({
      kind: 'repository-read-only',
      message: `${location} does not allow this: could not ${action}.`,
      guidance: 'Check that the user of the server may write to the folder.',
      retryable: true,
      context,
      cause: error,
    });
  // Version 3 has one word for a full disk, a broken one and a busy one.
  return new StillpointError({
    kind: 'io',
    message: `${location} reported a failure: could not ${action} (${error.message}).`,
    guidance: 'Check that the disk of the server has room and is not mounted read-only.',
    retryable: true,
    context,
    cause: error,
  });
}

/** The program ended: why, as far as ssh tells. `complaint` is its own words. */
export function connectionEnded(
  location: string,
  complaint: string,
  ended: { readonly started: boolean },
): StillpointError {
  const context = { location };
  const said = complaint === '' ? '' : ` ssh says: ${complaint}`;
  if (!ended.started)
    return new StillpointError({
      kind: 'io',
      message: 'The program ssh could not be started.',
      guidance: 'Install the OpenSSH client.',
      context,
    });
  if (/host key verification failed|no .*host key is known|identification has changed/i.test(complaint))
    return new StillpointError({
      kind: 'not-permitted',
      message: `The server of ${location} is not known, or is not the one that it was.${said}`,
      guidance: 'Connect to it once with ssh in a terminal, compare its fingerprint, and try again.',
      field: 'location.host',
      context,
    });
  if (/permission denied|too many authentication failures|passphrase/i.test(complaint))
    return new StillpointError({
      kind: 'not-permitted',
      message: `The server of ${location} does not let us in.${said}`,
      guidance: 'It must accept a key: load it into the ssh agent, or name a key file without a passphrase.',
      field: 'location.keyFile',
      context,
    });
  if (/subsystem request failed/i.test(complaint))
    return new StillpointError({
      kind: 'io',
      message: `The server of ${location} offers no file transfer.${said}`,
      guidance: 'Its SSH server must have the sftp subsystem.',
      field: 'location.host',
      context,
    });
  return transientError({
    message: `The connection to ${location} ended.${said}`,
    guidance: 'Check the network and whether the server runs. What was already stored is kept.',
    context,
  });
}
