import type { Readable, Writable } from 'node:stream';
import { asStillpointError, cancelled, StillpointError, serializeError } from '../../../shared/errors/index.ts';
import { clientFrameSchema, type HelperFrame, maxFrameBytes, protocolVersion } from '../../../shared/helper/frames.ts';
import { type Authority, dispatch } from './dispatch.ts';
import { readLines } from './line-reader.ts';
import type { Handlers } from './service.ts';

/** Requests one client may have under way; more are refused, so that nobody can exhaust the helper by asking. */
const maxConcurrent = 64;
/** Bytes kept for a client that does not read: the longest answer to each of its requests. Then it is gone for us. */
const maxUnread = maxConcurrent * maxFrameBytes;

export interface ServerOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly handlers: Handlers;
  readonly authority: Authority;
  readonly version: string;
  readonly log: (line: string) => void;
  /** How long what is under way may take to come to an end once the client has gone. Default 60 s. */
  readonly leaveMs?: number;
}

const defaultLeaveMs = 60_000;

/**
 * Serves one client until its input ends, then cancels what is under way and resolves when all of it has let go, or when
 * it does not: what waits for a disk that is gone would keep its lock alive for ever, in a process that the user may have
 * no right to end. Ending in the middle is what every run is made for. A frame that is not valid ends the connection: there is no way to know what its sender believes was agreed.
 */
export async function serve(options: ServerOptions): Promise<void> {
  const running = new Map<number, AbortController>();
  const work = new Set<Promise<void>>();
  const { input, output } = options;
  const send = (frame: HelperFrame): void => {
    if (output.writableEnded || output.destroyed) return;
    output.write(`${JSON.stringify(frame)}\n`);
    if (output.writableLength <= maxUnread) return;
    options.log('connection ended: what was told is not read');
    output.destroy();
    input.destroy();
  };
  output.on('error', (error) => options.log(`client went away: ${error.message}`));
  send({ type: 'hello', protocol: protocolVersion, version: options.version, pid: process.pid });
  try {
    for await (const line of readLines(input, maxFrameBytes)) {
      const frame = clientFrameSchema.parse(jsonOf(line));
      if (frame.type === 'cancel') {
        running.get(frame.id)?.abort(cancelled());
        continue;
      }
      if (running.has(frame.id) || running.size >= maxConcurrent) {
        send({ type: 'response', id: frame.id, ok: false, error: serializeError(refusal(running.has(frame.id))) });
        continue;
      }
      const controller = new AbortController();
      running.set(frame.id, controller);
      const emit = (event: unknown): Promise<void> | undefined => {
        send({ type: 'event', id: frame.id, event });
        return output.writableNeedDrain ? roomIn(output, controller.signal) : undefined;
      };
      const task = dispatch(options.handlers, options.authority, frame, { signal: controller.signal, emit })
        .then((result) => answer(frame.id, result, send))
        .catch((error: unknown) => {
          if (asStillpointError(error).kind === 'internal') options.log(describe(error));
          send({ type: 'response', id: frame.id, ok: false, error: serializeError(error) });
        })
        .finally(() => running.delete(frame.id));
      work.add(task);
      void task.finally(() => work.delete(task));
    }
  } catch (error) {
    options.log(`connection ended: ${describe(error)}`);
  }
  for (const controller of running.values()) controller.abort(cancelled());
  if (await areOver(work, options.leaveMs ?? defaultLeaveMs)) return;
  options.log(`ended although ${work.size} of what was under way did not come to an end`);
}

async function areOver(work: ReadonlySet<Promise<void>>, patienceMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), patienceMs);
  try {
    return await Promise.race([Promise.allSettled(work).then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The text is not part of the error: a piece of it could be a password, and errors are logged. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error('a message that is not JSON');
  }
}

/** Resolves when what was written is read, or nobody is left who waits for it. */
function roomIn(output: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'close'] as const;
    const done = (): void => {
      for (const event of events) output.off(event, done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    for (const event of events) output.on(event, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted || output.destroyed) done();
  });
}

function answer(id: number, result: unknown, send: (frame: HelperFrame) => void): void {
  const frame: HelperFrame = { type: 'response', id, ok: true, result };
  if (Buffer.byteLength(JSON.stringify(frame)) <= maxFrameBytes) {
    send(frame);
    return;
  }
  const error = new StillpointError({
    kind: 'protocol',
    message: `The answer is longer than the ${maxFrameBytes} bytes of one message.`,
    guidance: 'Ask for less at a time: a smaller part of the list, or a folder further down.',
  });
  send({ type: 'response', id, ok: false, error: serializeError(error) });
}

function refusal(duplicate: boolean): StillpointError {
  if (duplicate)
    return new StillpointError({
      kind: 'protocol',
      message: 'This request id is in use.',
      guidance: 'This is a defect in one of the two programs; restart the app.',
      field: 'id',
    });
  return new StillpointError({
    kind: 'busy',
    message: `More than ${maxConcurrent} requests are under way.`,
    guidance: 'Wait until some of them are done, then try again.',
    retryable: true,
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
