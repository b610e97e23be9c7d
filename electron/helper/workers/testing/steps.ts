import { constants } from 'node:fs';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { Journal } from '../../restore/journal/journal.ts';
import { RestoreRecords } from '../../restore/journal/undo-record.ts';
import { type FileOps, plainFileOps } from '../../system/file-ops.ts';

// Counts what a restore does, over all its threads, and ends the process as a power cut would before the step that is fatal.

const key = 'stillpoint-steps';
const changing = [
  'writeAllSync',
  'fsyncSync',
  'ftruncateSync',
  'mkdirSync',
  'rmdirSync',
  'renameSync',
  'unlinkSync',
  'linkSync',
  'symlinkSync',
  'makeSpecialFile',
  'fchmodSync',
  'setModeNoFollow',
  'fchownSync',
  'lchownSync',
  'setTimes',
  'setXattr',
  'removeXattr',
] as const satisfies readonly (keyof FileOps)[];

type Call = (this: unknown, ...args: unknown[]) => unknown;

/** Steps of this process and the threads it starts, none yet. `fatal` 0: none is. */
export class Steps {
  readonly #state: Int32Array;

  private constructor(state: Int32Array) {
    this.#state = state;
    const ops = plainFileOps as unknown as Record<string, Call>;
    for (const name of changing) this.#count(ops, name);
    const { openSync } = ops as { openSync: Call };
    ops.openSync = (...args) => {
      if ((Number(args[1]) & constants.O_CREAT) !== 0) this.#step();
      return openSync(...args);
    };
    // What gets its name in one step.
    this.#count(ops, 'run');
    this.#count(Journal.prototype as unknown as Record<string, Call>, 'sync');
    this.#count(Journal.prototype as unknown as Record<string, Call>, 'remove');
    this.#count(RestoreRecords.prototype as unknown as Record<string, Call>, 'save');
  }

  static begin(fatal: number): Steps {
    const state = new Int32Array(new SharedArrayBuffer(12));
    state[1] = fatal;
    setEnvironmentData(key, state as unknown as Parameters<typeof setEnvironmentData>[1]);
    return new Steps(state);
  }

  /** In a thread of whoever began. */
  static join(): Steps {
    return new Steps(getEnvironmentData(key) as unknown as Int32Array);
  }

  /** From here on steps count. */
  start(): void {
    Atomics.store(this.#state, 2, 1);
  }

  get total(): number {
    return Atomics.load(this.#state, 0);
  }

  #count(calls: Record<string, Call>, name: string): void {
    const call = calls[name] as Call;
    const step = (): void => this.#step();
    calls[name] = function counted(...args) {
      step();
      return call.apply(this, args);
    };
  }

  #step(): void {
    if (Atomics.load(this.#state, 2) === 0) return;
    if (Atomics.add(this.#state, 0, 1) + 1 === Atomics.load(this.#state, 1)) process.kill(process.pid, 'SIGKILL');
  }
}
