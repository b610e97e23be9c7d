import type { Environment } from '../environment.ts';
import type { LockFile } from '../format/lock-file.ts';
import type { LockHolder } from './held-lock.ts';

/** A lock that was not refreshed for this long no longer counts (restic's rule). */
export const staleAfterNs = 30n * 60n * 1_000_000_000n;

export function holderOf(id: string, file: LockFile): LockHolder {
  return {
    id,
    mode: file.exclusive ? 'exclusive' : 'shared',
    hostname: file.hostname,
    username: file.username,
    pid: file.pid,
    sinceNs: file.timeNs,
  };
}

/** Not refreshed for long, as far as the clocks of two machines can be compared: it may be ours that is wrong. */
export function looksOld(holder: LockHolder, environment: Environment): boolean {
  return environment.nowNs() - holder.sinceNs > staleAfterNs;
}

/** Of a process of this machine that no longer runs. */
export function isGone(holder: LockHolder, environment: Environment): boolean {
  return holder.hostname === environment.hostname && holder.pid > 0 && !environment.isAlive(holder.pid);
}

export function describeHolder({ username, hostname, pid }: LockHolder): string {
  return `${username || 'someone'} on ${hostname || 'an unknown machine'} (process ${pid})`;
}
