import { closeSync, openSync } from 'node:fs';
import { StillpointError } from '../../../shared/errors/index.ts';
import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';

/** sys/file.h */
const LOCK_EX = 2;
const LOCK_NB = 4;

const flock = bind<(fd: number, operation: number) => number>('int flock(int, int)');

/** How long the holder may take: it writes one small file. A holder that is stopped must not stop everybody. */
const patienceMs = 5_000;
const lookAgainMs = 10;

/**
 * Runs synchronous work while no other process that asks in the same way does. The lock belongs to an open descriptor, so
 * it ends with its holder, however that one ends. The file at `path` is made if need be and stays, empty. Holds up this
 * thread; throws `busy` after 5 s. Source: flock(2).
 */
export function withFileLock<T>(path: string, work: () => T): T {
  const fd = openSync(path, 'a', 0o600);
  try {
    takeFileLock(fd, path);
    return work();
  } finally {
    closeSync(fd);
  }
}

/**
 * Takes the lock of an open file, if nobody else has it, for as long as the descriptor is open: until it is closed, or the
 * process ends. Programs started meanwhile do not get it, descriptors being close-on-exec.
 */
export function tryFileLock(fd: number): boolean {
  try {
    check(flock(fd, LOCK_EX | LOCK_NB), 'flock');
    return true;
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return false;
    // A filesystem without locks: nobody has one there.
    if (hasCode(error, 'ENOTSUP', 'ENOSYS', 'ENOLCK')) return true;
    throw error;
  }
}

/** Waits for it, at most 5 s, holding up this thread; then throws `busy`. */
export function takeFileLock(fd: number, path: string): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += lookAgainMs) {
    if (tryFileLock(fd)) return;
    if (waitedMs >= patienceMs) throw held(path);
    Atomics.wait(sleeper, 0, 0, lookAgainMs);
  }
}

function held(path: string): StillpointError {
  return new StillpointError({
    kind: 'busy',
    message: `Another Stillpoint process has held ${path} for ${patienceMs / 1000} s.`,
    guidance: 'Another window or command may be stopped in the middle of a change. End it, then try again.',
    retryable: true,
    context: { path },
  });
}
