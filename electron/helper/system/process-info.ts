import { readFileSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';
import { systemCallNumber } from './syscalls.ts';

const sysPidfdOpen = bind<(n: number, pid: number, flags: number) => number>('long syscall(long, int, uint)');
const sysPidfdSend = bind<(n: number, fd: number, signal: number, info: null, flags: number) => number>(
  'long syscall(long, int, int, void *, uint)',
);

export interface ProcessInfo {
  readonly pid: number;
  readonly comm: string;
  /** `R`, `S`, `D` (waits for a device or a frozen filesystem), `T` stopped, `Z` dead and not yet reaped, ... */
  readonly state: string;
  readonly parentPid: number;
  /** Clock ticks since boot. With the pid it names a process for good: pids are used again. */
  readonly startTime: bigint;
  readonly uid: number;
}

/** Undefined when there is no such process (any more). Source: proc_pid_stat(5). */
export function processInfo(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold both parentheses and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    const [state, parentPid] = fields;
    const startTime = fields[19];
    if (state === undefined || parentPid === undefined || startTime === undefined || uid === undefined)
      return undefined;
    return {
      pid,
      comm: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      state,
      parentPid: Number(parentPid),
      startTime: BigInt(startTime),
      uid: Number(uid),
    };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

/** True only for the very process that was seen with this start time. */
export function isSameProcessAlive(pid: number, startTime: bigint): boolean {
  const info = processInfo(pid);
  return info !== undefined && info.startTime === startTime && info.state !== 'Z';
}

/** A descriptor of a process: readable (see poll.ts) once it has ended. ESRCH when there is none. Close-on-exec. */
export function pidfdOpen(pid: number): number {
  return check(sysPidfdOpen(systemCallNumber('pidfdOpen'), pid, 0), 'pidfd_open');
}

/** Signals exactly the process the descriptor names. ESRCH when it has ended. */
export function pidfdSignal(pidfd: number, signal: number): void {
  check(sysPidfdSend(systemCallNumber('pidfdSendSignal'), pidfd, signal, null, 0), 'pidfd_send_signal');
}
