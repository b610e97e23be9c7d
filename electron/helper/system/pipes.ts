import { bind, check } from './libc.ts';

const O_CLOEXEC = 0o2000000;
const EFD_CLOEXEC = O_CLOEXEC;
const EFD_NONBLOCK = 0o4000;
const pipe2 = bind<(fds: Uint8Array, flags: number) => number>('int pipe2(void *, int)');
const makeEventfd = bind<(initial: number, flags: number) => number>('int eventfd(uint, int)');

/** A blocking pipe, both ends close-on-exec: Node's own stdio pipes are non-blocking, useless for synchronous calls. */
export function openPipe(): { readonly readFd: number; readonly writeFd: number } {
  const fds = Buffer.alloc(8);
  check(pipe2(fds, O_CLOEXEC), 'pipe2');
  return { readFd: fds.readInt32LE(0), writeFd: fds.readInt32LE(4) };
}

/** A counter to wake somebody with; non-blocking, close-on-exec. */
export function openEventfd(): number {
  return check(makeEventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), 'eventfd');
}
