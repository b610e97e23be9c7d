import { readFileSync } from 'node:fs';

const mib = 1024 * 1024;
/** What is taken also where memory is short: the least that makes a hold worth trying. */
export const leastSpareBytes = 64 * mib;
/** More takes longer to copy than writers are held. */
export const mostSpareBytes = 512 * mib;
const share = 8;

/**
 * How much memory may be taken for what is read while writers wait, bytes: an eighth of what programs can have without
 * anything being pushed out to swap. `meminfo`: see proc_meminfo(5), MemAvailable.
 */
export function spareMemoryBytes(meminfo: string = readFileSync('/proc/meminfo', 'latin1')): number {
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(meminfo)?.[1] ?? 0) * 1024;
  return Math.min(mostSpareBytes, Math.max(leastSpareBytes, Math.floor(available / share)));
}
