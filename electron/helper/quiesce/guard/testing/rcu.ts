import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export function readRcu(): string {
  return readFileSync('/sys/kernel/rcu_expedited', 'latin1').trim();
}

/**
 * The value once nobody changes it: the machine's other freezes, of which a test knows nothing, hold it at 1 for a moment.
 * Resolves as soon as it reads `expected`, else with what it reads after three seconds.
 */
export async function settledRcu(expected = '0'): Promise<string> {
  for (const deadline = performance.now() + 3000; performance.now() < deadline; await sleep(10))
    if (readRcu() === expected) return expected;
  return readRcu();
}
