import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Who acts, where and when: what key files, lock files and snapshots say about their writer. */
export interface Environment {
  readonly hostname: string;
  readonly username: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Wall clock, nanoseconds since 1970 UTC. */
  nowNs(): bigint;
  /** Rejects with the abort reason when `signal` is aborted. Does not keep the process alive longer than its caller. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Whether a process with this id runs on this machine; true when that cannot be told. */
  isAlive(pid: number): boolean;
}

export function processEnvironment(): Environment {
  return {
    hostname: hostname(),
    username: usernameOrUid(),
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, signal ? { signal } : {});
    },
    isAlive,
  };
}

/** A process that has ended but was not waited for yet still answers signals; it holds nothing any more. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(text.slice(text.lastIndexOf(')') + 2));
  } catch {
    return true;
  }
}

/** A uid without an entry in the user database has no name. */
function usernameOrUid(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
