import { closeSync, constants, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { leaveForeignControlGroups, whoseControlGroup } from '../../system/control-group.ts';
import { hasCode } from '../../system/errno.ts';
import { openSealedMemory } from '../../system/memory-file.ts';
import { openEventfd } from '../../system/pipes.ts';
import { pidfdOpen } from '../../system/process-info.ts';
import { openVerifiedProgram } from '../../system/spawn-verified.ts';
import { guardDidNotStart, guardNotSafe } from './freeze-errors.ts';
import { type FreezeGuard, newFreezeGuard } from './freeze-guard.ts';
import { type GuardProcess, type StartedProcess, startProcess } from './guard-process.ts';
import { decodePage, PAGE_BYTES } from './wire.ts';

export interface StartGuardOptions {
  /** Any directory of the filesystem; the whole filesystem is what is frozen. Opened here. */
  readonly mountPath: string;
  /** The directory already open (O_RDONLY), to be sure of what is frozen. Stays the caller's; `mountPath` names it. */
  readonly mountFd?: number;
  /** The native program. Must belong to root or to us and be writable by nobody else. */
  readonly guardBinary: string;
  /** Longest time from the return of FIFREEZE to the thaw, ms, 1 to 600000. */
  readonly leaseMs: number;
  /** How much later the witness acts than the guard should have, ms, 1 to 500 (default). More would break lease + 2 s. */
  readonly marginMs?: number;
  /** Speed up RCU while the freeze is made; put back with the thaw. A setting of the whole system. Default false. */
  readonly expediteRcu?: boolean;
  /**
   * For a filesystem that the system itself runs from. The witness is given the kernel's emergency thaw for when every other
   * thaw fails (it ends *all* freezes), where the kernel has it; and nothing is started unless both have all of their
   * memory locked: a page of theirs might have to come from what is frozen.
   */
  readonly emergencyThaw?: boolean;
  /** `cgroup.procs` of a control group that is not ours: who freezes our group then does not freeze guard and witness. */
  readonly cgroupProcs?: string;
}

/**
 * Starts the guard and the witness of one freeze, and resolves when both are ready, their memory locked where permitted,
 * in control groups that only root can write. Nothing is frozen yet. Rejects with `freeze-refused` if either does not
 * start, or if somebody else could end both at once; nothing is left then.
 */
export async function startGuard(options: StartGuardOptions): Promise<FreezeGuard> {
  const marginMs = options.marginMs ?? 500;
  requireMilliseconds('leaseMs', options.leaseMs, 600_000);
  requireMilliseconds('marginMs', marginMs, 500);

  const opened: number[] = [];
  const own = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  const closeAll = (): void => {
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  const started: StartedProcess[] = [];
  try {
    // Node opens everything close-on-exec; what the children get, they get by the list given to spawn.
    const mountFd = options.mountFd ?? own(openSync(options.mountPath, constants.O_RDONLY | constants.O_DIRECTORY));
    const programFd = own(openVerifiedProgram(options.guardBinary));
    const stateFd = own(openSealedMemory('stillpoint-guard', PAGE_BYTES));
    const eventFd = own(openEventfd());
    const helperFd = own(pidfdOpen(process.pid));
    const rcuFd = options.expediteRcu === true ? own(openSync('/sys/kernel/rcu_expedited', 'r+')) : undefined;
    const sysrqFd = options.emergencyThaw === true ? ownSysrq(own) : undefined;

    const common = { mount: mountFd, state: stateFd, event: eventFd, helper: helperFd, rcu: rcuFd };
    const guardChild = launch(programFd, 'guard', { lease: options.leaseMs }, common);
    started.push(guardChild);
    if (guardChild.pid < 0) throw guardDidNotStart('the system could not run it');
    const guardFd = own(pidfdOpen(guardChild.pid));
    const witnessChild = launch(
      programFd,
      'witness',
      { lease: options.leaseMs, margin: marginMs },
      { ...common, guard: guardFd, sysrq: sysrqFd },
    );
    started.push(witnessChild);
    const [guard, witness] = await allReady(guardChild, witnessChild);
    if (options.emergencyThaw === true) requireLocked(guard, witness);
    if (options.cgroupProcs !== undefined)
      for (const { pid } of [guard, witness]) writeFileSync(options.cgroupProcs, String(pid));
    await requireOwnFate([guard.pid, witness.pid]);

    return newFreezeGuard({
      where: options.mountPath,
      leaseMs: options.leaseMs,
      marginMs,
      guard,
      witness,
      mountFd,
      guardPidfd: guardFd,
      readPage: () => {
        const bytes = Buffer.alloc(PAGE_BYTES);
        readSync(stateFd, bytes, 0, PAGE_BYTES, 0);
        return decodePage(bytes);
      },
      writeRcu: (value) => {
        if (rcuFd !== undefined) writeSync(rcuFd, `${value}\n`, 0);
      },
      closeDescriptors: closeAll,
    });
  } catch (error) {
    for (const child of started) child.abandon();
    closeAll();
    throw error;
  }
}

/** Kernels can be built without it; a container has none. Undefined then: the thaw has to do. */
function ownSysrq(own: (fd: number) => number): number | undefined {
  try {
    return own(openSync('/proc/sysrq-trigger', constants.O_WRONLY));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EROFS', 'EPERM')) return undefined;
    throw error;
  }
}

function requireLocked(...processes: readonly GuardProcess[]): void {
  if (processes.every(({ abilities }) => abilities.memoryLocked)) return;
  throw guardNotSafe('the system does not let it lock its memory.');
}

/** Who may write to a control group ends or stops all in it at once: helper, guard and witness, and nobody would thaw. */
async function requireOwnFate(pids: readonly number[]): Promise<void> {
  let whose: string | undefined;
  try {
    await leaveForeignControlGroups(pids);
    whose = pids.map(whoseControlGroup).find((each) => each !== undefined);
  } catch (cause) {
    throw guardDidNotStart('it ended at once', cause);
  }
  if (whose !== undefined) throw guardNotSafe(whose);
}

/** Settles only when both have answered: none is left half started with its descriptors closed under it. */
async function allReady(...children: [StartedProcess, StartedProcess]): Promise<[GuardProcess, GuardProcess]> {
  const [guard, witness] = await Promise.allSettled(children.map((child) => child.ready(5000)));
  if (guard?.status !== 'fulfilled') throw guard?.reason;
  if (witness?.status !== 'fulfilled') throw witness?.reason;
  return [guard.value, witness.value];
}

function launch(
  programFd: number,
  mode: 'guard' | 'witness',
  times: Readonly<Record<string, number>>,
  descriptors: Readonly<Record<string, number | undefined>>,
): StartedProcess {
  const shared: number[] = [];
  const args = [mode, ...Object.entries(times).map(([name, ms]) => `${name}-ms=${ms}`)];
  for (const [name, fd] of Object.entries(descriptors)) {
    if (fd === undefined) continue;
    args.push(`${name}-fd=${3 + shared.length}`);
    shared.push(fd);
  }
  return startProcess(programFd, args, shared);
}

function requireMilliseconds(field: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new StillpointError({
    kind: 'bad-input',
    message: `${field} is ${value}; it must be a whole number of milliseconds from 1 to ${most}.`,
    guidance: 'Choose a pause within these limits.',
    field,
  });
}
