import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';

/** A cpu_set_t of sched_setaffinity(2): 1024 processors, one bit each. */
export type Processors = Buffer;

const setBytes = 128;

const getAffinity = bind<(tid: number, bytes: number, set: Uint8Array) => number>(
  'int sched_getaffinity(int, size_t, void *)',
);
const setAffinity = bind<(tid: number, bytes: number, set: Uint8Array) => number>(
  'int sched_setaffinity(int, size_t, void *)',
);

/** Those a thread may run on. ESRCH when it has ended. Source: sched_getaffinity(2). */
export function processorsOf(tid: number): Processors {
  const set = Buffer.alloc(setBytes);
  check(getAffinity(tid, setBytes, set), 'sched_getaffinity');
  return set;
}

/** ESRCH when the thread has ended. Does nothing where none of them is there any more. */
export function keepTo(tid: number, processors: Processors): void {
  try {
    check(setAffinity(tid, setBytes, processors), 'sched_setaffinity');
  } catch (error) {
    if (!hasCode(error, 'EINVAL')) throw error;
  }
}

/** All of these but the first, where the interrupts of disks usually are; the only one where there is but one. */
export function allButOne(processors: Processors): Processors {
  const rest = Buffer.from(processors);
  const at = rest.findIndex((byte) => byte !== 0);
  const byte = rest[at] ?? 0;
  // Takes the lowest bit away.
  if (at >= 0) rest[at] = byte & (byte - 1);
  return rest.some((each) => each !== 0) ? rest : Buffer.from(processors);
}
