import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessLook {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** `D` waits for a disk or a frozen filesystem; `T` is stopped; `Z` has ended. Source: proc_pid_stat(5). */
  readonly state: string;
}

export function lookAt(pid: number): ProcessLook | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const end = text.lastIndexOf(')');
    const [state = '', parent = ''] = text.slice(end + 2).split(' ');
    return { pid, parent: Number(parent), name: text.slice(text.indexOf('(') + 1, end), state };
  } catch {
    return undefined;
  }
}

export function childrenOf(parent: number): ProcessLook[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => lookAt(Number(name)) ?? [])
    .filter((process) => process.parent === parent);
}

/** Sends a signal unless the process is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
