import { readFileSync } from 'node:fs';
import { bind } from './libc.ts';

/** A cpu_set_t of sched_setaffinity(2): one bit for each processor. */
export type Processors = Buffer;

/** Room for 8192: the kernel refuses less than it has. */
const setBytes = 1024;

const getAffinity = bind<(tid: number, bytes: number, set: Uint8Array) => number>(
  'int sched_getaffinity(int, size_t, void *)',
);
const setAffinity = bind<(tid: number, bytes: number, set: Uint8Array) => number>(
  'int sched_setaffinity(int, size_t, void *)',
);

/**
 * Those a thread may run on; undefined where that is not told (it has ended, or a filter of system calls forbids it). Where
 * they are all there are now, all there can be: others may be switched on later. `online`: asked once for many threads. Source:
 * sched_getaffinity(2).
 */
export function processorsOf(tid: number, online = countOnline()): Processors | undefined {
  const set = Buffer.alloc(setBytes);
  if (getAffinity(tid, setBytes, set) < 0) return undefined;
  return countOf(set) >= online ? Buffer.alloc(setBytes, 0xff) : set;
}

/** A wish: nothing happens where it is not granted. Who runs where decides nothing but who waits. */
export function keepTo(tid: number, processors: Processors): void {
  setAffinity(tid, setBytes, processors);
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

function countOf(set: Processors): number {
  let count = 0;
  for (const byte of set) for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Source: /sys/devices/system/cpu/online, like `0-3,6`. */
export function countOnline(text = readOnline()): number {
  return text
    .trim()
    .split(',')
    .map((range) => range.split('-').map(Number))
    .reduce((sum, [from = 0, to = from]) => sum + to - from + 1, 0);
}

function readOnline(): string {
  try {
    return readFileSync('/sys/devices/system/cpu/online', 'latin1');
  } catch {
    return `0-${setBytes * 8}`;
  }
}
