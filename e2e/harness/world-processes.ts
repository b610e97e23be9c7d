import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { signal } from './processes.ts';
import type { World } from './world.ts';

/** Processes of this world's app that draw a page, whoever started the app. */
export function pagesOf(world: World): number[] {
  return processesOf(world).filter((pid) => read(pid, 'cmdline').includes('--type=renderer'));
}

/** Processes of this world's user that were started for this world, whoever started them. */
export function processesOf(world: World): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && belongsTo(pid, world));
}

/** Ends what a start that nobody holds any more has left, the app before what it started. */
export async function endWorldProcesses(world: World): Promise<void> {
  const left = (): number[] => processesOf(world).filter((pid) => /electron|stillpoint/.test(read(pid, 'exe')));
  for (const how of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of left()) signal(pid, how);
    const deadline = Date.now() + 5_000;
    while (left().length > 0 && Date.now() < deadline) await sleep(50);
  }
}

function belongsTo(pid: number, world: World): boolean {
  return read(pid, 'environ').split('\0').includes(`HOME=${world.home}`) || read(pid, 'cmdline').includes(world.home);
}

function read(pid: number, file: string, isLink = file === 'exe'): string {
  try {
    const path = `/proc/${pid}/${file}`;
    return isLink ? readlinkSync(path) : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Programs, libraries and data that a process has mapped or open. Source: proc_pid_maps(5), proc_pid_fd(5). */
export function filesInUse(pid: number): string[] {
  const mapped = read(pid, 'maps').split('\n');
  const paths = mapped
    .map((line) => (line.includes('/') ? line.slice(line.indexOf('/')) : ''))
    .filter((path) => path.startsWith('/'));
  return [...new Set([...paths, ...openFiles(pid), read(pid, 'exe')])];
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .map((fd) => read(pid, `fd/${fd}`, true))
      .filter((path) => path.startsWith('/'));
  } catch {
    return [];
  }
}

/** A line of /proc/PID/status. Source: proc_pid_status(5). */
export function statusOf(pid: number, field: string): string {
  const line = read(pid, 'status')
    .split('\n')
    .find((each) => each.startsWith(`${field}:`));
  return line?.slice(field.length + 1).trim() ?? '';
}
