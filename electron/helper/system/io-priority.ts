import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { processAbilities } from './capabilities.ts';
import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';
import { allButOne, countOnline, keepTo, type Processors, processorsOf } from './processors.ts';
import { systemCallNumber } from './syscalls.ts';

/** linux/ioprio.h */
const IOPRIO_WHO_PROCESS = 1;
const classShift = 13;
const classes = { none: 0, realtime: 1, 'best-effort': 2, idle: 3 } as const;
/** Of a class with levels: the least. */
const leastLevel = 7;
const yieldingNice = constants.priority.PRIORITY_BELOW_NORMAL;

const ioprioSet = bind<(n: number, which: number, who: number, value: number) => number>(
  'long syscall(long, int, int, int)',
);
const ioprioGet = bind<(n: number, which: number, who: number) => number>('long syscall(long, int, int)');

export interface ThreadPriority {
  /** As ioprio_get(2): class and level in one number. 0: none was set, it follows from the nice value. */
  readonly io: number;
  /** -20 to 19. */
  readonly nice: number;
}

/** How this process stands behind others: `idle` reads only when nobody else does, where the disk's scheduler knows that. */
export type Yielding = 'idle' | 'least-best-effort';

/** ESRCH when the thread has ended. Source: ioprio_get(2). */
export function priorityOf(tid: number): ThreadPriority {
  const io = check(ioprioGet(systemCallNumber('ioprioGet'), IOPRIO_WHO_PROCESS, tid), 'ioprio_get');
  return { io, nice: getPriority(tid) };
}

/** Threads of this process: of its pool, of workers, and this one. */
export function threadIds(): number[] {
  return readdirSync('/proc/self/task').map(Number);
}

/**
 * Makes all threads of this process, and those that they start, yield to others when they read and write, and by nice 10
 * when they compute; and, when it lasts, leaves one processor to others altogether where there are several. Nice values alone
 * do not do: a kernel that preempts lazily lets a program that computes go on until the next tick (4 ms) whoever woke up
 * meanwhile, and a writer that flushes needs several to wake up one after the other.
 *
 * Undone for each thread when disposed of, threads started meanwhile included; may be nested, the last one out restores.
 * Without CAP_SYS_NICE, which putting nice values back needs, those stay. Never keep it while writers are held: then they
 * would wait for whoever we yield to.
 *
 * What it does depends on the disk's scheduler, see `heedsPriorities`. Source: ioprio_set(2).
 */
export function yieldToOthers(how: Yielding): Disposable {
  nesting += 1;
  if (nesting === 1) {
    lowered = { before: new Map(), kept: new Map(), canRaise: processAbilities().effective.has('sysNice') };
    leaving = setTimeout(leaveOne, leaveAfterMs).unref();
  }
  let isActive = true;
  const end = (): void => {
    if (!isActive) return;
    isActive = false;
    nesting -= 1;
    if (nesting > 0) return;
    clearTimeout(leaving);
    restoreAll();
  };
  try {
    lowerAll(how);
  } catch (error) {
    end();
    throw error;
  }
  return { [Symbol.dispose]: end };
}

/** What is over sooner is over sooner yet on all processors. */
const leaveAfterMs = 150;

interface Lowered {
  readonly before: Map<number, ThreadPriority>;
  /** Where each thread ran that is kept from one processor. */
  readonly kept: Map<number, Processors>;
  readonly canRaise: boolean;
}

let nesting = 0;
let leaving: NodeJS.Timeout | undefined;
let lowered: Lowered | undefined;

function lowerAll(how: Yielding): void {
  const state = lowered;
  if (state === undefined) return;
  const io = how === 'idle' ? classes.idle << classShift : (classes['best-effort'] << classShift) | leastLevel;
  eachThread((tid) => {
    if (!state.before.has(tid)) state.before.set(tid, priorityOf(tid));
    setIo(tid, io);
    if (state.canRaise) setPriority(tid, Math.max(getPriority(tid), yieldingNice));
  });
}

function leaveOne(): void {
  const state = lowered;
  if (state === undefined) return;
  const online = countOnline();
  eachThread((tid) => {
    const processors = processorsOf(tid, online);
    if (processors === undefined) return;
    state.kept.set(tid, processors);
    keepTo(tid, allButOne(processors));
  });
}

function restoreAll(): void {
  const state = lowered;
  lowered = undefined;
  if (state === undefined) return;
  // A thread that began meanwhile has what its starter had: it gets what this one, which began it all, had.
  const usual = state.before.get(process.pid) ?? { io: 0, nice: 0 };
  const everywhere = state.kept.get(process.pid);
  eachThread((tid) => {
    const { io, nice } = state.before.get(tid) ?? usual;
    setIo(tid, io);
    if (state.canRaise) setPriority(tid, nice);
    const processors = state.kept.get(tid) ?? everywhere;
    if (processors !== undefined) keepTo(tid, processors);
  });
}

/**
 * Whether the scheduler of a block device (`8:1`; a partition's is that of its disk) treats processes by their I/O class.
 * bfq does, and mq-deadline since Linux 5.14. Without a scheduler (`none`, usual for NVMe, virtio and loop devices) and
 * with kyber nobody yields: only reading slower helps. A loop device does its work in the kernel's name, whatever the
 * disk below has. Null where there is no such device. Source: /sys/block/DEVICE/queue/scheduler.
 */
export function heedsPriorities(device: string): boolean | null {
  for (const folder of ['queue', '../queue']) {
    try {
      const text = readFileSync(`/sys/dev/block/${device}/${folder}/scheduler`, 'latin1');
      return /\[(bfq|mq-deadline)\]/.test(text);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
  }
  return null;
}

/** Again until none is new: a thread may start another while it is changed. */
function eachThread(change: (tid: number) => void): void {
  const seen = new Set<number>();
  for (let fresh = threadIds(); fresh.length > 0; fresh = threadIds().filter((tid) => !seen.has(tid))) {
    for (const tid of fresh) {
      seen.add(tid);
      try {
        change(tid);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  }
}

function setIo(tid: number, value: number): void {
  check(ioprioSet(systemCallNumber('ioprioSet'), IOPRIO_WHO_PROCESS, tid, value), 'ioprio_set');
}

/** Node's own errors of os.setPriority carry the errno in `info`. */
function isGone(error: unknown): boolean {
  if (hasCode(error, 'ESRCH')) return true;
  return error instanceof Error && 'info' in error && (error.info as { code?: string }).code === 'ESRCH';
}
