import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { isInside } from '../mountinfo.ts';
import { listMounts } from '../mounts.ts';
import { forgetLoop } from './loop-registry.ts';

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number): void => void Atomics.wait(sleeper, 0, 0, ms);

/**
 * Thaws as often as it takes, by a program of its own: this process may not be in a state to make the call. Stops at the
 * first refusal (EINVAL: nothing is frozen; or nothing is mounted there).
 */
export function thawCompletely(mountPoint: string): void {
  for (let times = 0; times < 20; times++) {
    const { status } = spawnSync('fsfreeze', ['--unfreeze', mountPoint], {
      stdio: 'ignore',
      cwd: '/',
      timeout: 30_000,
    });
    if (status !== 0) return;
  }
}

/**
 * Takes everything away: thaws, unmounts what is mounted anywhere below the directory, deepest last mounted first (loop
 * devices detach themselves), removes image and registration. Synchronous, so that an exit handler can do it. Returns
 * who still held a mount; such a mount is detached all the same.
 */
export function removeLoop(directory: string, patienceMs: number): string[] {
  const holders: string[] = [];
  const mounted = (): string[] =>
    listMounts()
      .filter((mount) => isInside(mount.mountPoint, directory))
      .map((mount) => mount.mountPoint)
      .reverse();
  for (const mountPoint of mounted()) thawCompletely(mountPoint);
  const deadline = Date.now() + patienceMs;
  for (let left = mounted(); left.length > 0; left = mounted()) {
    const isLast = Date.now() >= deadline;
    if (isLast) holders.push(...left.flatMap(holdersOf));
    for (const mountPoint of left)
      spawnSync('umount', isLast ? ['--lazy', mountPoint] : [mountPoint], { stdio: 'ignore', cwd: '/' });
    if (isLast) break;
    if (mounted().length > 0) sleep(50);
  }
  rmSync(directory, { recursive: true, force: true });
  forgetLoop(directory);
  return holders;
}

/** `pid (what it holds)` of processes with an open file, working directory or root on a mount. */
function holdersOf(mountPoint: string): string[] {
  const found: string[] = [];
  const isThere = (path: string): boolean => path === mountPoint || isInside(path, mountPoint);
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const link of linksOf(pid)) {
      try {
        const path = readlinkSync(link);
        if (isThere(path)) found.push(`${pid} (${path})`);
      } catch {
        // The process or the descriptor is gone: it holds nothing.
      }
    }
  }
  return found;
}

function linksOf(pid: string): string[] {
  try {
    const fds = readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
    return [`/proc/${pid}/cwd`, `/proc/${pid}/root`, ...fds];
  } catch {
    return [];
  }
}
