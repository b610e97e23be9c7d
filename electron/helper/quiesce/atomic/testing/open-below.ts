import { readdirSync, readlinkSync } from 'node:fs';

/** What this process has open below one of these paths, or in what was mounted of these devices nowhere. */
export function openBelow(...paths: readonly string[]): readonly string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => targetOf(fd))
    .filter((target) => paths.some((path) => target.startsWith(path)));
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
