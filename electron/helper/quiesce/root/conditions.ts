import { accessSync, constants, existsSync, fstatSync, readFileSync } from 'node:fs';
import { type AuditStatus, auditStatus } from '../../system/audit.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { isInContainer } from '../../system/container.ts';
import { whoseControlGroup } from '../../system/control-group.ts';
import { listSwaps, type Swap } from '../../system/swaps.ts';
import { type AskedProgram, askedPrograms } from './listeners.ts';

/** What is to be known of this machine before the filesystem it runs from is held. Looked at anew each time. */
export interface MachineConditions {
  readonly audit: AuditStatus | 'none' | 'unknown';
  readonly isContainer: boolean;
  readonly swaps: readonly Swap[];
  readonly canLockMemory: boolean;
  /** Why guard and witness could not be kept from being stopped together with the helper; undefined when they can. */
  readonly controlGroup: string | undefined;
  /** st_dev of the files that this process's output goes to; nothing for pipes, sockets and terminals. */
  readonly outputFiles: readonly bigint[];
  /** See listeners.ts. Looked for when it is called. */
  readonly askedPrograms: (device: string) => readonly AskedProgram[];
  readonly hasEmergencyThaw: boolean;
  /** `uname -r`. */
  readonly kernel: string;
}

export function machineConditions(): MachineConditions {
  const abilities = processAbilities();
  return {
    audit: auditStatus(),
    isContainer: isInContainer(),
    swaps: listSwaps(),
    canLockMemory: abilities.effective.has('ipcLock') || memoryLockLimit() >= enoughToLock,
    controlGroup: whyNoOwnControlGroup(),
    outputFiles: [1, 2].flatMap(fileBehind),
    askedPrograms,
    hasEmergencyThaw: canWrite('/proc/sysrq-trigger'),
    kernel: abilities.kernel.release,
  };
}

/** Of guard and witness together, rounded up: bytes. */
const enoughToLock = 8 * 1024 * 1024;

/** Source: proc_pid_limits(5). */
function memoryLockLimit(): number {
  const soft = /^Max locked memory\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? 0);
}

/** systemd gives them a unit of their own; else they are moved to a group that we make. */
function whyNoOwnControlGroup(): string | undefined {
  const whose = whoseControlGroup(process.pid);
  if (whose === undefined || existsSync('/run/systemd/system') || canWrite('/sys/fs/cgroup')) return undefined;
  return whose;
}

function fileBehind(fd: number): bigint[] {
  try {
    const stats = fstatSync(fd, { bigint: true });
    return stats.isFile() ? [stats.dev] : [];
  } catch {
    return [];
  }
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
