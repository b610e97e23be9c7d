import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { lookAt, signal } from '../../harness/processes.ts';

/**
 * What happens to a process. `memory`: from now on it gets no more of it; `descriptors`: it can open nothing more. Source:
 * prlimit(2).
 */
export const strikes = ['SIGKILL', 'SIGSTOP', 'memory', 'descriptors'] as const;
export type Strike = (typeof strikes)[number];

export function strike(pid: number, how: Strike): void {
  if (how === 'SIGKILL' || how === 'SIGSTOP') signal(pid, how);
  else spawnSync('/usr/bin/prlimit', ['--pid', String(pid), how === 'memory' ? '--as=4096:4096' : '--nofile=3:3']);
}

const lookEveryMs = 0.3;
const piecesMs = 15;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Waits until a freeze is on its way: RCU is expedited, which is so from right before the freeze call until right after the
 * thaw, or the writer waits in the kernel. True when it was seen. Looks without a pause for other work of this process:
 * what is awaited lasts milliseconds.
 */
export async function freezeSeen(writer: number, isOver: () => boolean, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  let waits = 0;
  while (!isOver() && performance.now() < deadline) {
    const until = performance.now() + piecesMs;
    while (performance.now() < until) {
      if (isExpedited()) return true;
      waits = lookAt(writer)?.state === 'D' ? waits + 1 : 0;
      if (waits >= 3) return true;
      Atomics.wait(sleeper, 0, 0, lookEveryMs);
    }
    await nextTurn();
  }
  return false;
}

/** System-wide: another freeze of this machine shows as well. */
export function isExpedited(): boolean {
  return readFileSync('/sys/kernel/rcu_expedited', 'latin1').trim() !== '0';
}
