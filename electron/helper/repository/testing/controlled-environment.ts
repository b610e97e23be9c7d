import type { Environment } from '../environment.ts';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A machine whose clock only moves when told, on which chosen processes run. */
export class ControlledEnvironment implements Environment {
  readonly hostname: string;
  readonly username = 'user';
  readonly pid: number;
  readonly uid = 1000;
  readonly gid = 1000;
  /** Processes that `isAlive` denies. */
  readonly dead = new Set<number>();
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(hostname = 'here', pid = 1000, startMs = 1_700_000_000_000) {
    this.hostname = hostname;
    this.pid = pid;
    this.#nowMs = startMs;
  }

  /** Another process at the same time. */
  sibling(hostname: string, pid: number): ControlledEnvironment {
    return new ControlledEnvironment(hostname, pid, this.#nowMs);
  }

  nowNs(): bigint {
    return BigInt(this.#nowMs) * 1_000_000n;
  }

  isAlive(pid: number): boolean {
    return !this.dead.has(pid);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = {
        untilMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets time pass while the process runs: sleepers wake in order, and what they start gets done. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#earliest(endMs); next; next = this.#earliest(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.untilMs);
      next.wake();
      await settle();
    }
    this.#nowMs = endMs;
  }

  /** The clock moves and nothing runs: a suspended machine. */
  suspend(ms: number): void {
    this.#nowMs += ms;
  }

  #earliest(endMs: number): Sleeper | undefined {
    const due = [...this.#sleepers].filter(({ untilMs }) => untilMs <= endMs);
    return due.sort((one, other) => one.untilMs - other.untilMs)[0];
  }
}

/** Everything that can go on without the clock has gone on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
