import { getPriority, setPriority } from 'node:os';
import { hasCode } from '../../system/errno.ts';
import { threadIds } from '../../system/io-priority.ts';
import { allButOne, countOnline, keepTo, type Processors, processorsOf } from '../../system/processors.ts';

/** As guard and witness have it. */
const first = -20;
/** Stands for the calling thread: on Linux a nice value is a thread's. */
const thisThread = 0;

/**
 * Until it is disposed of this thread goes before others at the processor, which needs the right to (CAP_SYS_NICE), and all
 * other threads of this process leave a processor free where there are several: while writers wait, they wait for this one,
 * for the guard, and for whoever in the kernel writes out. What collects garbage beside it took 1 to 4 ms of both processors
 * of a small machine in every other hold. Waits for nobody. Source: setpriority(2), sched_setaffinity(2).
 */
export function goFirst(): Disposable {
  const before = getPriority(thisThread);
  const aside = othersAside();
  const isChanged = isAllowed(() => setPriority(thisThread, first));
  return {
    [Symbol.dispose]: () => {
      if (isChanged) isAllowed(() => setPriority(thisThread, before));
      for (const { tid, processors } of aside) keepTo(tid, processors);
    },
  };
}

/** What each of them had before. One that begins meanwhile has what its starter has. */
function othersAside(): readonly { readonly tid: number; readonly processors: Processors }[] {
  const online = countOnline();
  return threadIds()
    .filter((tid) => tid !== process.pid)
    .flatMap((tid) => {
      const processors = processorsOf(tid, online);
      if (processors === undefined) return [];
      keepTo(tid, allButOne(processors));
      return [{ tid, processors }];
    });
}

function isAllowed(change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}

/** Node's own errors of os.setPriority carry the errno in `info`. */
function isRefused(error: unknown): boolean {
  const info = error instanceof Error && 'info' in error ? (error.info as { readonly code?: string }) : undefined;
  return hasCode(error, 'EACCES', 'EPERM') || info?.code === 'EACCES' || info?.code === 'EPERM';
}
