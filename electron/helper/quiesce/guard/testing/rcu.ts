import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const path = '/sys/kernel/rcu_expedited';

export function readRcu(): string {
  return readFileSync(path, 'latin1').trim();
}

/** How long a value that nobody answers for must stay before it counts as left behind. */
const leftBehindMs = 3_000;
/** Other freezes of the machine may follow one another so long. */
const longestMs = 60_000;

/**
 * The value once nobody changes it. Other freezes of the machine, of which a test knows nothing, hold it at 1 under a lock that
 * they keep until they have put it back: while somebody has that lock the value is theirs. Resolves as soon as it reads
 * `expected`, else with what it reads after three seconds in a row in which nobody had the lock.
 */
export async function settledRcu(expected = '0'): Promise<string> {
  let unclaimedSince = performance.now();
  for (const deadline = unclaimedSince + longestMs; performance.now() < deadline; await sleep(10)) {
    if (readRcu() === expected) return expected;
    if (isLocked()) unclaimedSince = performance.now();
    else if (performance.now() - unclaimedSince > leftBehindMs) break;
  }
  return readRcu();
}

/** Source: proc_locks(5): `FLOCK ADVISORY WRITE pid major:minor:inode`. Of sysfs there is one. */
function isLocked(): boolean {
  const { ino, dev } = statSync(path, { bigint: true });
  const minor = Number((dev & 0xffn) | ((dev >> 12n) & 0xfff00n));
  const name = `${hex(Number((dev >> 8n) & 0xfffn))}:${hex(minor)}:${ino}`;
  return readFileSync('/proc/locks', 'latin1')
    .split('\n')
    .some((line) => line.includes(' FLOCK ') && line.split(/\s+/).includes(name));
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0');
}
