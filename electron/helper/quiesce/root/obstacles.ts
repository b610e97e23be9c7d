import type { FreezeTrial } from '../../../../shared/domain/freeze-trial.ts';
import type { MachineConditions } from './conditions.ts';
import type { RootHold } from './contract.ts';

export type RootObstacle = ReturnType<RootHold['obstacles']>[number];

export interface RootFacts {
  readonly mountPoint: string;
  /** st_dev of its files. */
  readonly deviceId: bigint;
  /** As `deviceNumber` has it. */
  readonly device: string;
  /** Whether a path needs it to be read or written. */
  standsOn(path: string): boolean;
}

/**
 * Whatever could keep the end of a pause from coming, or could make the whole desktop wait behind it. Each in one sentence
 * for people. What only a trial can show is not listed here.
 */
export function machineObstacles(facts: RootFacts, machine: MachineConditions): RootObstacle[] {
  return [
    ...containerObstacle(machine),
    ...auditObstacle(machine),
    ...memoryObstacle(machine),
    ...controlGroupObstacle(machine),
    ...swapObstacle(facts, machine),
    ...outputObstacle(facts, machine),
    ...listenerObstacles(facts, machine),
  ];
}

function containerObstacle({ isContainer }: MachineConditions): RootObstacle[] {
  if (!isContainer) return [];
  return [
    { reason: 'Stillpoint runs inside a container here, and the filesystem under it belongs to the machine outside.' },
  ];
}

/** A daemon that cannot write its log falls behind, and then whoever makes a record is stopped: guard and witness too. */
function auditObstacle({ audit }: MachineConditions): RootObstacle[] {
  if (audit === 'none') return [];
  if (audit === 'unknown')
    return [
      {
        reason:
          'The kernel does not tell whether its audit could stop processes that wait for this filesystem, the one that ends the pause among them.',
        remedy: 'grant-helper',
      },
    ];
  if (!audit.enabled || audit.daemonPid === 0) return [];
  if (audit.panics)
    return [
      {
        reason:
          'The kernel’s audit stops this machine when a record is lost, and its log lies where nothing could be written meanwhile.',
      },
    ];
  if (!audit.waits) return [];
  return [
    {
      reason:
        'The audit daemon keeps a log and makes processes wait while it cannot write; that could be the one that ends the pause. `auditctl --backlog_wait_time 0` lets it drop records instead.',
    },
  ];
}

function memoryObstacle({ canLockMemory }: MachineConditions): RootObstacle[] {
  if (canLockMemory) return [];
  return [
    {
      reason:
        'The processes that end the pause may not lock their memory, and might have to wait for the filesystem that is held.',
      remedy: 'grant-helper',
    },
  ];
}

function controlGroupObstacle({ controlGroup }: MachineConditions): RootObstacle[] {
  if (controlGroup === undefined) return [];
  return [{ reason: `The end of the pause could not be guaranteed: ${controlGroup}` }];
}

/** A swap file is read and written while its filesystem is held; but a machine that lives from it has no time to give. */
function swapObstacle({ standsOn }: RootFacts, { swaps }: MachineConditions): RootObstacle[] {
  const busy = swaps.find(({ kind, path, size, used }) => kind === 'file' && used > size / 2 && standsOn(path));
  if (busy === undefined) return [];
  const percent = Math.round((busy.used / busy.size) * 100);
  return [
    {
      reason: `The system is short of memory: ${percent} % of its swap file ${busy.path} on this filesystem is in use.`,
    },
  ];
}

function outputObstacle({ deviceId }: RootFacts, { outputFiles }: MachineConditions): RootObstacle[] {
  if (!outputFiles.includes(deviceId)) return [];
  return [
    { reason: 'What Stillpoint’s helper says is written to a file on this filesystem, and it could wait for that.' },
  ];
}

/**
 * Whoever opens a file, or touches its content, waits for such a program, and that program for what we hold: the desktop
 * would stand still behind it, and so could one of ours that opens something on its way to the thaw.
 */
function listenerObstacles({ mountPoint, device }: RootFacts, { askedPrograms }: MachineConditions): RootObstacle[] {
  return askedPrograms(device).map(({ name, pid, isAskedOfContent }) => ({
    reason: `The program ${name} (process ${pid}) is asked before ${
      isAskedOfContent ? 'content is read or written' : 'files are opened'
    } on ${mountPoint}, as scanners for viruses are. It could wait for what is held, and everybody for it. Have it leave ${mountPoint} out, or pause it while you back up.`,
  }));
}

/** What a person is asked, and what is said until somebody has answered. */
export function trialObstacle(
  mountPoint: string,
  kernel: string,
  leaseMs: number,
  last: FreezeTrial | undefined,
): RootObstacle[] {
  if (last === undefined)
    return [
      {
        reason: `Everything on this computer runs from ${mountPoint}, so holding it has to be tried once; the desktop may stutter up to ${leaseMs} ms.`,
        remedy: 'trial',
      },
    ];
  if (last.outcome === 'skipped')
    return [
      {
        reason: `Everything on this computer runs from ${mountPoint}, and the test whether it can be held was skipped.`,
        remedy: 'trial',
      },
    ];
  if (last.kernel !== kernel)
    return [
      {
        reason: `Holding ${mountPoint} was tried with the kernel ${last.kernel}; with ${kernel} it has to be tried again.`,
        remedy: 'trial',
      },
    ];
  if (last.outcome === 'failed')
    return [{ reason: `When holding ${mountPoint} was tried, it did not go well: ${last.reason}`, remedy: 'trial' }];
  return [];
}
