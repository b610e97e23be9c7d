import type { Readable, Writable } from 'node:stream';
import { asStillpointError, cancelled, type StillpointError } from '../../../shared/errors/index.ts';
import {
  type HelperCommandName,
  type HelperParams,
  type HelperResult,
  helperContract,
} from '../../../shared/helper/contract.ts';
import { type HelperFrame, helperFrameSchema, maxFrameBytes } from '../../../shared/helper/frames.ts';
import type { HelperCallOptions, HelperCalls } from '../jobs/ports.ts';
import { FrameLines, protocolFailure } from './frame-lines.ts';
import { PendingCalls } from './pending-calls.ts';
import { encodeRequest } from './request.ts';

export type Hello = Extract<HelperFrame, { type: 'hello' }>;

export interface ConnectionOptions {
  /** The helper's stdin. */
  readonly input: Writable;
  /** The helper's stdout. */
  readonly output: Readable;
  /** Things worth a line in the log. */
  readonly log: (line: string) => void;
}

/**
 * One conversation with one helper process. Frames are handled strictly in order, one at a time, so that a slow
 * listener slows the helper down instead of filling memory.
 */
export class HelperConnection implements HelperCalls {
  /** Resolves with the first frame; rejects when the conversation ends before. */
  readonly hello: Promise<Hello>;
  /** Resolves when nothing more will be read: `undefined` at the end of the stream, an error when it made no sense. */
  readonly ended: Promise<StillpointError | undefined>;
  readonly #options: ConnectionOptions;
  readonly #pending: PendingCalls;
  readonly #greeting = Promise.withResolvers<Hello>();
  #greeted = false;
  #closed: StillpointError | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#pending = new PendingCalls(options.log);
    this.hello = this.#greeting.promise;
    this.hello.catch(() => undefined);
    // A helper that is gone answers writes with EPIPE; its exit is what is acted on.
    options.input.on('error', (error) => options.log(`helper input: ${error.message}`));
    this.ended = this.#read();
  }

  /** Calls that take as long as they take: backups, restores, checks. */
  get runsUnderWay(): number {
    return this.#pending.unbounded;
  }

  async call<N extends HelperCommandName>(
    name: N,
    params: HelperParams<N>,
    options: HelperCallOptions<N> = {},
  ): Promise<HelperResult<N>> {
    if (this.#closed) throw this.#closed;
    if (options.signal?.aborted) throw cancelled(options.signal.reason);
    const spec = helperContract[name];
    const deadlineMs = options.deadlineMs ?? (spec.timeoutMs > 0 ? spec.timeoutMs : undefined);
    const id = this.#pending.nextId();
    const frame = encodeRequest(id, name, params, { deadlineMs, mayAsk: options.mayAsk });
    const answer = this.#pending.add({
      id,
      name,
      deadlineMs,
      onEvent: options.onEvent as ((event: unknown) => void | Promise<void>) | undefined,
      onGivenUp: () => this.#sendCancel(id, spec.cancellable),
    });
    this.#options.input.write(frame);
    const onAbort = (): void => this.#sendCancel(id, spec.cancellable);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return (await answer) as HelperResult<N>;
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the conversation from this side: everything pending rejects with the reason. Idempotent. */
  close(reason: StillpointError): void {
    if (this.#closed) return;
    this.#closed = reason;
    this.#greeting.reject(reason);
    this.#pending.rejectAll(reason);
    this.#options.input.end();
  }

  async #read(): Promise<StillpointError | undefined> {
    const lines = new FrameLines(maxFrameBytes);
    try {
      for await (const chunk of this.#options.output) {
        for (const line of lines.push(chunk as Uint8Array)) await this.#handle(parseFrame(line));
      }
      return undefined;
    } catch (error) {
      const failure = asStillpointError(error);
      this.#options.log(`helper output: ${failure.message}`);
      this.close(failure);
      return failure;
    }
  }

  async #handle(frame: HelperFrame): Promise<void> {
    if (!this.#greeted) {
      if (frame.type !== 'hello') throw protocolFailure('it did not introduce itself');
      this.#greeted = true;
      this.#greeting.resolve(frame);
      return;
    }
    switch (frame.type) {
      case 'hello':
        throw protocolFailure('it introduced itself twice');
      case 'event':
        return this.#pending.event(frame.id, frame.event);
      case 'response':
        return this.#pending.settle(frame);
    }
  }

  #sendCancel(id: number, cancellable: boolean): void {
    if (cancellable && !this.#closed) this.#options.input.write(`${JSON.stringify({ type: 'cancel', id })}\n`);
  }
}

function parseFrame(line: string): HelperFrame {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch (cause) {
    throw protocolFailure('it sent something that is not a message', cause);
  }
  const frame = helperFrameSchema.safeParse(data);
  if (!frame.success) throw protocolFailure('it sent a message of an unknown form', frame.error);
  return frame.data;
}
