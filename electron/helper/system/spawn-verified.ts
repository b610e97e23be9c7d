import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { StillpointError } from '../../../shared/errors/index.ts';

/**
 * Opens a program for `spawnVerified`. Only a regular file that belongs to root or to us, and that nobody else can write,
 * is accepted. What is executed later is the file that was looked at, not whatever bears its name by then.
 */
export function openVerifiedProgram(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    throw refused(path, 'cannot be opened', cause);
  }
  const stats = fstatSync(fd);
  const reason = !stats.isFile()
    ? 'is not a file'
    : stats.uid !== 0 && stats.uid !== process.geteuid?.()
      ? `belongs to user ${stats.uid}`
      : (stats.mode & 0o022) !== 0
        ? 'can be written by others'
        : (stats.mode & 0o111) === 0
          ? 'is not executable'
          : undefined;
  if (reason === undefined) return fd;
  closeSync(fd);
  throw refused(path, reason);
}

/**
 * Starts a static program from an open descriptor, with exactly these descriptors as its 0, 1, 2, ... and an empty
 * environment, in the root directory. The program finds itself as its last descriptor and should close it.
 */
export function spawnVerified(
  programFd: number,
  args: readonly string[],
  fds: readonly (number | null)[],
): ChildProcess {
  const stdio = [...fds.map((fd) => fd ?? ('ignore' as const)), programFd];
  return spawn(`/proc/self/fd/${fds.length}`, [...args], { cwd: '/', env: {}, stdio, shell: false });
}

function refused(path: string, reason: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: `The freeze guard ${path} ${reason}.`,
    guidance: 'Install Stillpoint again: the guard must belong to root and be writable by nobody else.',
    context: { path },
    cause,
  });
}
