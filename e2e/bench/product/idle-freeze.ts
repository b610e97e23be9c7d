import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeFileLock } from '../../../electron/helper/system/file-lock.ts';
import { freezeUnguarded, thaw } from '../../../electron/helper/system/ioctl.ts';

const rcu = '/sys/kernel/rcu_expedited';

/** What FIFREEZE and FITHAW cost on a loop filesystem (which brings a watchdog) where nobody writes: ms, one each time. */
export async function idleFreezes(mountPoint: string, count: number, expedited: boolean): Promise<number[]> {
  const fd = openSync(mountPoint, 'r');
  const times: number[] = [];
  try {
    for (let turn = 0; turn < count; turn += 1) {
      await sleep(50);
      times.push(expedited ? withExpeditedRcu(() => freezeAndThaw(fd)) : freezeAndThaw(fd));
    }
  } finally {
    closeSync(fd);
  }
  return times;
}

function freezeAndThaw(fd: number): number {
  const from = performance.now();
  freezeUnguarded(fd);
  thaw(fd);
  return performance.now() - from;
}

/** Under the lock by which guards keep apart: whoever reads another's 1 as what was there before would leave it so. */
function withExpeditedRcu<T>(work: () => T): T {
  const fd = openSync(rcu, 'r+');
  try {
    takeFileLock(fd, rcu);
    const before = readFileSync(rcu, 'latin1');
    writeFileSync(rcu, '1');
    try {
      return work();
    } finally {
      writeFileSync(rcu, before);
    }
  } finally {
    closeSync(fd);
  }
}
