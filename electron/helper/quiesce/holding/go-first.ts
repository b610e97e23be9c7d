import { getPriority, setPriority } from 'node:os';
import { hasCode } from '../../system/errno.ts';

/** As guard and witness have it. */
const first = -20;
/** Stands for the calling thread: on Linux a nice value is a thread's. */
const thisThread = 0;

/**
 * Until it is disposed of this thread goes before others at the processor: while writers wait, they wait for it. Without the
 * right to (CAP_SYS_NICE) nothing happens. Waits for nobody. Source: setpriority(2).
 */
export function goFirst(): Disposable {
  const before = getPriority(thisThread);
  const isChanged = isAllowed(() => setPriority(thisThread, first));
  return {
    [Symbol.dispose]: () => {
      if (isChanged) isAllowed(() => setPriority(thisThread, before));
    },
  };
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
