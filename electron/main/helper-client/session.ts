import { createInterface } from 'node:readline';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { protocolVersion } from '../../../shared/helper/frames.ts';
import type { HelperStatus } from '../../../shared/helper/status-commands.ts';
import { HelperConnection } from './connection.ts';
import type { HelperExit, HelperProcess, Launch } from './helper-process.ts';
import { crashed, wrongVersion } from './helper-words.ts';

/** A helper that has introduced itself, speaks our version and said what it can do. */
export interface Session {
  readonly connection: HelperConnection;
  /** What it said last of what it can do; some of its commands change that. */
  status: HelperStatus;
  /** Resolves once, after everything it said was handled. */
  readonly ended: Promise<SessionEnd>;
  /** Closes its input, and signals it when it does not go by itself. Resolves when it is gone or cannot be waited for. */
  stop(reason: StillpointError): Promise<void>;
}

export interface SessionEnd {
  readonly exit: HelperExit;
  /** Why we ended the conversation ourselves, where that came first. */
  readonly fault: StillpointError | undefined;
}

/** The helper ended before it was of use. */
export class StartFailure extends Error {
  readonly exit: HelperExit | undefined;
  readonly reason: StillpointError;
  /** What it wrote into its log, its last lines. */
  readonly said: string;

  constructor(reason: StillpointError, exit: HelperExit | undefined, said: string) {
    super(reason.message);
    this.name = 'StartFailure';
    this.exit = exit;
    this.reason = reason;
    this.said = said;
  }
}

/** Time for what is being written to come to an end; then it is asked by signal, then killed. */
const leaveMs = 10_000;
const killMs = 3_000;
const keptLines = 10;

/** Throws StartFailure. `helloMs`: time until it must have introduced itself, a person's answer to a question included. */
export async function openSession(launch: Launch, helloMs: number, log: (line: string) => void): Promise<Session> {
  const process = launch();
  const said: string[] = [];
  const lines = createInterface({ input: process.log });
  const silent = new Promise((resolve) => lines.once('close', resolve));
  lines.on('line', (line) => {
    log(line);
    if (said.push(line) > keptLines) said.shift();
  });
  const connection = new HelperConnection({ input: process.input, output: process.output, log });
  const ended = endOf(process, connection);
  try {
    const hello = await within(helloMs, connection.hello, log);
    if (hello.protocol !== protocolVersion) throw wrongVersion(hello.protocol, protocolVersion);
    const status = await connection.call('helper.status', {});
    return { connection, status, ended, stop: (reason) => stop(process, connection, reason) };
  } catch (error) {
    const reason = asStillpointError(error);
    connection.close(reason);
    process.kill('SIGKILL');
    const gone = Promise.all([process.exited, silent]).then(([exit]) => exit);
    const exit = await Promise.race([gone, later(killMs)]);
    throw new StartFailure(reason, exit, said.join('\n'));
  }
}

/** A helper that breaks the protocol is of no use any more: it is killed, and its exit follows. */
async function endOf(process: HelperProcess, connection: HelperConnection): Promise<SessionEnd> {
  void connection.ended.then((fault) => fault && process.kill('SIGKILL'));
  const exit = await process.exited;
  // What it said before it ended is still in the pipe. A grandchild that keeps the pipe open must not hold us up.
  const fault = await Promise.race([connection.ended, later(killMs)]);
  connection.close(crashed());
  return { exit, fault };
}

async function stop(process: HelperProcess, connection: HelperConnection, reason: StillpointError): Promise<void> {
  connection.close(reason);
  const gone = process.exited.then(() => true);
  if (await Promise.race([gone, later(leaveMs)])) return;
  process.kill('SIGTERM');
  if (await Promise.race([gone, later(killMs)])) return;
  process.kill('SIGKILL');
  await Promise.race([gone, later(killMs)]);
}

async function within<T>(ms: number, promise: Promise<T>, log: (line: string) => void): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    log('helper: it did not introduce itself in time');
    late.reject(crashed());
  }, ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function later(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
