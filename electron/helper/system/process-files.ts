import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { type ListenerInfo, listenerInfo } from './fanotify/listener-info.ts';
import { bind } from './libc.ts';
import { systemCallNumber } from './syscalls.ts';

/** PROC_PID_INIT_INO in linux/proc_ns.h: the namespace that sees every process of the machine. */
const firstPidNamespace = 'pid:[4026531836]';
/** linux/kcmp.h */
const KCMP_FILES = 2;

const kcmp = bind<(n: number, one: number, other: number, type: number, i: number, j: number) => number>(
  'long syscall(long, int, int, int, ulong, ulong)',
);

/** A descriptor open for writing. */
export interface WritableDescriptor {
  readonly isDirect: boolean;
  /** 0 before Linux 5.14, which does not tell. */
  readonly inode: bigint;
  readonly mountId: number;
  /** `/proc/PID/fd/N`: leads to the file. */
  readonly path: string;
}

/** A shared mapping, read-only ones too: made from a descriptor open for writing they can be made writable. */
export interface SharedMapping {
  readonly isWritable: boolean;
  /** `fe:00`, hexadecimal, as /proc/PID/maps has it. */
  readonly device: string;
  readonly inode: bigint;
  /** What maps calls it; `(deleted)` may follow. */
  readonly name: string;
  /** `/proc/PID/map_files/RANGE`: leads to the file. */
  readonly path: string;
}

/** What one process could write to. */
export interface ProcessFiles {
  readonly mappings: readonly SharedMapping[];
  readonly descriptors: readonly WritableDescriptor[];
  /** Files an io_uring keeps open by itself, as the process sees their paths. */
  readonly registered: readonly string[];
  /** The process has, or may have, writes under way while it does something else: libaio or io_uring. */
  readonly canWriteLater: boolean;
  /** Descriptors sent to the process that it has not received yet. */
  readonly inFlight: number;
  /** An io_uring that was too busy to tell what it keeps open. */
  readonly isRingSilent: boolean;
  /** Its groups of fanotify, ours included. */
  readonly listeners: readonly ListenerInfo[];
}

/**
 * Looks at one process. Waits for it while it changes its mappings: never while anything is frozen. Throws ENOENT or ESRCH
 * when it is gone, EACCES or EPERM when it is not ours to look at. Sources: proc_pid_fdinfo(5), proc_pid_maps(5).
 */
export function lookAtProcess(pid: number): ProcessFiles {
  const { maps, tables } = sharesOf(pid);
  const descriptors: WritableDescriptor[] = [];
  const registered: string[] = [];
  const listeners: ListenerInfo[] = [];
  let hasRing = false;
  let isRingSilent = false;
  let inFlight = 0;
  // A libaio context does not tell whether anything is under way in it; an io_uring does.
  let canWriteLater = maps.includes('/[aio]');
  for (const table of tables) {
    for (const fd of descriptorsIn(table, pid)) {
      const info = readOrNothing(`${table}/fdinfo/${fd}`);
      if (info.includes('\nSqMask:')) {
        hasRing = true;
        canWriteLater ||= isRingBusy(info);
        const files = registeredFiles(info);
        if (files === undefined) isRingSilent = true;
        else registered.push(...files);
      }
      inFlight += Number(/^scm_fds: (\d+)/m.exec(info)?.[1] ?? 0);
      const listener = listenerInfo(info);
      if (listener !== undefined) listeners.push(listener);
      const descriptor = writableDescriptor(info, `${table}/fd/${fd}`);
      if (descriptor !== undefined) descriptors.push(descriptor);
    }
  }
  // A ring whose descriptor was closed lives on in its mapping, out of sight; one that is busy does not answer.
  if (!hasRing && maps.includes('anon_inode:[io_uring]')) {
    canWriteLater = true;
    isRingSilent = true;
  }
  const mappings = sharedMappings(pid, maps);
  return { mappings, descriptors, registered, canWriteLater, inFlight, isRingSilent, listeners };
}

/** Every process that can be seen. */
export function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Why not every process of the machine was looked at, one sentence each, for people. `unreadable` refused to be. */
export function processGaps(unreadable: number): string[] {
  const gaps: string[] = [];
  if (unreadable === 1) gaps.push('1 program could not be looked at.');
  else if (unreadable > 1) gaps.push(`${unreadable} programs could not be looked at.`);
  else if (process.geteuid?.() !== 0) gaps.push('Programs of other users may be out of sight.');
  if (readlinkSync('/proc/self/ns/pid') !== firstPidNamespace)
    gaps.push('Programs outside this container are out of sight.');
  return gaps;
}

/**
 * Memory, and folders in /proc of the tables of descriptors. Threads share both as a rule; but one may have a table of its
 * own, and a process whose first thread has ended shows them in the others only.
 */
function sharesOf(pid: number): { maps: string; tables: string[] } {
  const maps = readFileSync(`/proc/${pid}/maps`, 'latin1');
  const tids = readdirSync(`/proc/${pid}/task`);
  const tables = tablesOf(pid, tids);
  const other = tids.find((tid) => Number(tid) !== pid);
  const isEnded = maps === '' && other !== undefined;
  return { maps: isEnded ? readOrNothing(`/proc/${pid}/task/${other}/maps`) : maps, tables };
}

/** Folders in /proc of a process's tables of descriptors. Nothing is waited for. Throws as `lookAtProcess`. */
export function descriptorTables(pid: number): string[] {
  return tablesOf(pid, readdirSync(`/proc/${pid}/task`));
}

function tablesOf(pid: number, tids: readonly string[]): string[] {
  const tables = [`/proc/${pid}`];
  if (tids.length < 2) return tables;
  const owners = [pid];
  for (const tid of tids.map(Number)) {
    // 0: the same. Where it cannot be asked they are taken to share, as they nearly always do.
    const isOther = (owner: number): boolean =>
      owner !== tid && kcmp(systemCallNumber('kcmp'), owner, tid, KCMP_FILES, 0, 0) > 0;
    if (!owners.every(isOther)) continue;
    owners.push(tid);
    tables.push(`/proc/${pid}/task/${tid}`);
  }
  return tables;
}

/** A thread may end meanwhile; the process is only gone when its own table is. */
function descriptorsIn(table: string, pid: number): string[] {
  try {
    return readdirSync(`${table}/fdinfo`);
  } catch (error) {
    if (table !== `/proc/${pid}` && hasCode(error, 'ENOENT', 'ESRCH')) return [];
    throw error;
  }
}

function writableDescriptor(info: string, path: string): WritableDescriptor | undefined {
  const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0', 8);
  if ((flags & 3) === constants.O_RDONLY) return undefined;
  return {
    isDirect: (flags & constants.O_DIRECT) !== 0,
    inode: BigInt(/^ino:\s*(\d+)/m.exec(info)?.[1] ?? 0),
    mountId: Number(/^mnt_id:\s*(\d+)/m.exec(info)?.[1] ?? -1),
    path,
  };
}

function sharedMappings(pid: number, maps: string): SharedMapping[] {
  const found: SharedMapping[] = [];
  for (const [, range, permissions, device, inode, name] of maps.matchAll(
    /^(\S+) ([r-][w-][x-]s) \S+ (\S+) (\d+) *(.*)$/gm,
  )) {
    found.push({
      isWritable: permissions?.[1] === 'w',
      device: device ?? '',
      inode: BigInt(inode ?? 0),
      name: name ?? '',
      path: `/proc/${pid}/map_files/${range}`,
    });
  }
  return found;
}

/** Something was handed in and has not been answered (or asked for no answer). Source: io_uring/fdinfo.c. */
function isRingBusy(info: string): boolean {
  const value = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(info)?.[1];
  const taken = value('CachedSqHead');
  return taken === undefined || value('SqHead') !== value('SqTail') || taken !== value('CachedCqTail');
}

/** Undefined when it says how many, but not which: somebody was using it just then. Source: io_uring/fdinfo.c. */
function registeredFiles(info: string): string[] | undefined {
  const start = info.indexOf('\nUserFiles:');
  if (start < 0) return [];
  const count = Number(/^UserFiles:\s*(\d+)/m.exec(info)?.[1] ?? 0);
  const end = info.indexOf('\nUserBufs:', start);
  const lines = [...info.slice(start + 1, end < 0 ? undefined : end).matchAll(/^\s*\d+: (.*)$/gm)];
  return count > 0 && lines.length === 0
    ? undefined
    : lines.map(([, path]) => path ?? '').filter((path) => path.startsWith('/'));
}

export function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EINVAL')) return '';
    throw error;
  }
}
