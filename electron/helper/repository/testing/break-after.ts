import type { Backend } from '../backend/contract.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import type { Repository } from '../repository.ts';
import { diskError, type FaultyBackend, faulty } from './faulty.ts';
import { memoryCopy } from './memory-copy.ts';

/** Calls `instead` at the nth change and at all that follow, locks aside. */
function onChange(backend: FaultyBackend, nth: number, instead: () => void | Promise<void>): void {
  let changes = 0;
  const count = (): void | Promise<void> => {
    changes += 1;
    return changes >= nth ? instead() : undefined;
  };
  for (const kind of ['index', 'pack', 'snapshot'] as const) {
    backend.on('save', kind).every().calls(count);
    backend.on('remove', kind).every().calls(count);
  }
}

/** Every change from the nth one on fails, locks aside: as if the process had ended there. */
export function breakAfter(backend: FaultyBackend, nth: number): void {
  onChange(backend, nth, () => {
    throw diskError();
  });
}

/** This process is killed just before its nth change, locks aside. */
export function dieBefore(backend: FaultyBackend, nth: number): void {
  onChange(backend, nth, async () => {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  });
}

/**
 * Does the same to copies of a repository, ended before its first change, its second, and so on until it comes to its end.
 * `plan` looks, under the exclusive lock, and gives what changes. `judge` is told what is there then, and after how many
 * steps. How many there were, the one that came to its end included.
 */
export async function atEveryStep(
  whole: MemoryBackend,
  open: (backend: Backend) => Promise<Repository>,
  plan: (repository: Repository, lock: HeldLock) => Promise<() => Promise<unknown>>,
  judge: (copy: MemoryBackend, step: number) => Promise<void>,
): Promise<number> {
  for (let step = 1; ; step += 1) {
    const copy = memoryCopy(whole);
    const breaking = faulty(copy);
    const repository = await open(breaking);
    const lock = await repository.locks.acquire({ mode: 'exclusive' });
    const carryOut = await plan(repository, lock);
    breakAfter(breaking, step);
    const isDone = await carryOut().then(
      () => true,
      () => false,
    );
    breaking.heal();
    await lock.release();
    await judge(copy, step);
    if (isDone) return step;
  }
}
