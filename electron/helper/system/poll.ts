import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';

/** poll.h; POLLERR and POLLHUP are reported whether asked for or not. */
const POLLIN = 0x1;
const poll = bind<(entries: Uint8Array, count: number, timeoutMs: number) => number>('int poll(void *, ulong, int)');

/**
 * Waits, holding up this thread, until one of the descriptors can be read or is at its end, at most `timeoutMs`
 * (-1: for ever). Returns those that are. A pidfd is readable once its process has ended.
 */
export function waitReadable(fds: readonly number[], timeoutMs: number): number[] {
  const entries = Buffer.alloc(fds.length * 8);
  for (const [index, fd] of fds.entries()) {
    entries.writeInt32LE(fd, index * 8);
    entries.writeInt16LE(POLLIN, index * 8 + 4);
  }
  const deadline = performance.now() + timeoutMs;
  for (let left = timeoutMs; ; left = timeoutMs < 0 ? -1 : Math.max(0, Math.ceil(deadline - performance.now()))) {
    try {
      check(poll(entries, fds.length, left), 'poll');
      break;
    } catch (error) {
      // Every signal interrupts poll, the end of a child among them.
      if (!hasCode(error, 'EINTR')) throw error;
    }
  }
  return fds.filter((_, index) => entries.readInt16LE(index * 8 + 6) !== 0);
}
