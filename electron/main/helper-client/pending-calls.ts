import { deserializeError, StillpointError } from '../../../shared/errors/index.ts';
import { type HelperCommandName, helperContract } from '../../../shared/helper/contract.ts';
import type { HelperFrame } from '../../../shared/helper/frames.ts';
import { protocolFailure } from './frame-lines.ts';

type Response = Extract<HelperFrame, { type: 'response' }>;

interface Call {
  readonly id: number;
  readonly name: HelperCommandName;
  /** Milliseconds; undefined: as long as it takes. */
  readonly deadlineMs: number | undefined;
  readonly onEvent: ((event: unknown) => void | Promise<void>) | undefined;
  /** The deadline passed and nobody waits any more. */
  readonly onGivenUp: () => void;
}

interface Pending extends Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: StillpointError) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** The helper keeps the deadline itself; this much later we stop believing that it will. */
const graceMs = 2_000;

/** Calls that wait for their answer. An answer nobody waits for any more is dropped; one nobody asked for is a fault. */
export class PendingCalls {
  readonly #log: (line: string) => void;
  readonly #calls = new Map<number, Pending>();
  readonly #givenUp = new Set<number>();
  #lastId = 0;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  get unbounded(): number {
    return [...this.#calls.values()].filter((call) => helperContract[call.name].timeoutMs === 0).length;
  }

  add(call: Call): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer =
        call.deadlineMs === undefined ? undefined : setTimeout(() => this.#giveUp(call.id), call.deadlineMs + graceMs);
      this.#calls.set(call.id, { ...call, resolve, reject, timer });
    });
  }

  /** An event that breaks the contract is left out and logged: the run it tells of is worth more than the telling. */
  async event(id: number, data: unknown): Promise<void> {
    const call = this.#calls.get(id);
    if (!call) return this.#unexpected(id);
    const event = helperContract[call.name].event.safeParse(data);
    if (!event.success) {
      this.#log(`${call.name}: an event breaks the contract: ${event.error.message}`);
      return;
    }
    try {
      await call.onEvent?.(event.data);
    } catch (error) {
      this.#log(`${call.name}: a listener failed: ${String(error)}`);
    }
  }

  settle(response: Response): void {
    const call = this.#take(response.id);
    if (!call) {
      this.#unexpected(response.id, true);
    } else if (response.ok) {
      const result = helperContract[call.name].result.safeParse(response.result);
      if (result.success) call.resolve(result.data);
      else call.reject(protocolFailure(`its answer to ${call.name} has an unknown form`, result.error));
    } else {
      call.reject(deserializeError(response.error));
    }
  }

  rejectAll(reason: StillpointError): void {
    for (const id of [...this.#calls.keys()]) this.#take(id)?.reject(reason);
    this.#givenUp.clear();
  }

  #take(id: number): Pending | undefined {
    const call = this.#calls.get(id);
    clearTimeout(call?.timer);
    this.#calls.delete(id);
    return call;
  }

  #giveUp(id: number): void {
    const call = this.#take(id);
    if (!call) return;
    this.#givenUp.add(id);
    call.onGivenUp();
    call.reject(
      new StillpointError({
        kind: 'deadline-exceeded',
        message: `The backup helper did not answer in time: ${helperContract[call.name].title}.`,
        guidance: 'Try again. If the disk is slow or asleep, give it a moment.',
        retryable: true,
        context: { command: call.name, deadlineMs: call.deadlineMs ?? 0 },
      }),
    );
  }

  #unexpected(id: number, isAnswer = false): void {
    if (!this.#givenUp.has(id)) throw protocolFailure(`it answered request ${id}, which was not asked`);
    if (isAnswer) this.#givenUp.delete(id);
  }
}
