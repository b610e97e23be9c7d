import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootId } from '../machine.ts';
import { isSameProcessAlive, processInfo } from '../process-info.ts';

/** One loop filesystem that a test process made, written down before it is made. */
export interface RegisteredLoop {
  readonly ownerPid: number;
  readonly ownerStartTime: string;
  readonly bootId: string;
  /** Holds the image and the mount point; removed with it. */
  readonly directory: string;
  readonly mountPoint: string;
}

const registry = join(tmpdir(), 'stillpoint-loops');
const nameOf = (directory: string): string => join(registry, `${directory.replaceAll('/', '_')}.json`);

export function registerLoop(directory: string, mountPoint: string): RegisteredLoop {
  const entry: RegisteredLoop = {
    ownerPid: process.pid,
    ownerStartTime: String(processInfo(process.pid)?.startTime ?? 0n),
    bootId: bootId(),
    directory,
    mountPoint,
  };
  mkdirSync(registry, { recursive: true, mode: 0o700 });
  writeFileSync(nameOf(directory), JSON.stringify(entry), { mode: 0o600 });
  return entry;
}

export function forgetLoop(directory: string): void {
  rmSync(nameOf(directory), { force: true });
}

/** What test processes that no longer live have left behind. */
export function abandonedLoops(): RegisteredLoop[] {
  const found: RegisteredLoop[] = [];
  mkdirSync(registry, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(registry)) {
    const path = join(registry, name);
    try {
      const entry = JSON.parse(readFileSync(path, 'utf8')) as RegisteredLoop;
      const isOwned = entry.bootId === bootId() && isSameProcessAlive(entry.ownerPid, BigInt(entry.ownerStartTime));
      if (!isOwned) found.push(entry);
    } catch {
      // Half written by a process that died, or just removed by another: the former names nothing that was made.
      rmSync(path, { force: true });
    }
  }
  return found;
}
