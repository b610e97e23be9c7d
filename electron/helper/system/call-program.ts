import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { processInfo } from './process-info.ts';

export interface CallOptions {
  /** All the program gets of an environment. Never a secret: it can be read in /proc. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds; then the program is killed, with everything it started that is still in its process group. */
  readonly timeoutMs: number;
  /** Kills it as well. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes kept of what it writes, the first of them. */
  readonly maxOutputBytes: number;
  /** Told as soon as it runs; its process group has the same number. */
  readonly onStarted?: ((pid: number, startTime: bigint) => void) | undefined;
}

export interface CallOutcome {
  /** Null when it was killed, or could not be started. */
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly ended: 'by-itself' | 'time-limit' | 'aborted' | 'not-started';
  /** Standard output and standard error as they came, cut to the limit. */
  readonly output: string;
  readonly durationMs: number;
}

/** What it left in the background may keep its output open: nobody waits longer than this for the last of it, ms. */
const lastOutputMs = 100;

/**
 * Runs the program behind an open descriptor: what is executed is the file that was looked at, whatever bears its name by
 * then. Never a shell, no input, in the root directory, in a session of its own. Never rejects; a failure is an outcome.
 * Never to be called while anything is frozen. What it leaves running in the background is left running.
 */
export async function callProgram(fd: number, args: readonly string[], options: CallOptions): Promise<CallOutcome> {
  const startedAt = performance.now();
  const done = (
    ended: CallOutcome['ended'],
    output = '',
    exitCode: number | null = null,
    exitSignal: string | null = null,
  ) => ({
    ...{ exitCode, exitSignal, ended, output },
    durationMs: performance.now() - startedAt,
  });
  if (options.signal?.aborted) return done('aborted');
  let child: ChildProcess;
  try {
    // A script is opened again by its interpreter, so its descriptor stays open in there.
    child = spawn('/proc/self/fd/3', [...args], {
      ...{ cwd: '/', env: { ...options.env }, shell: false, detached: true },
      stdio: ['ignore', 'pipe', 'pipe', fd],
    });
  } catch (error) {
    return done('not-started', error instanceof Error ? error.message : String(error));
  }
  const output = collect(child, options.maxOutputBytes);
  const ended = await ending(child, options);
  await Promise.race([output.closed, delay(lastOutputMs)]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return done(ended.how, ended.complaint ?? output.text(), ended.exitCode, ended.exitSignal);
}

interface Ending {
  readonly how: CallOutcome['ended'];
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly complaint?: string;
}

function ending(child: ChildProcess, { timeoutMs, signal, onStarted }: CallOptions): Promise<Ending> {
  return new Promise((resolve) => {
    let how: CallOutcome['ended'] = 'by-itself';
    const kill = (why: CallOutcome['ended']): void => {
      how = why;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => kill('time-limit'), timeoutMs);
    const onAbort = (): void => kill('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (result: Ending): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    child.once('spawn', () => {
      const { pid } = child;
      if (pid !== undefined) onStarted?.(pid, processInfo(pid)?.startTime ?? 0n);
    });
    child.once('error', ({ message }) =>
      settle({ how: 'not-started', exitCode: null, exitSignal: null, complaint: message }),
    );
    child.once('exit', (exitCode, exitSignal) => settle({ how, exitCode, exitSignal }));
  });
}

/** With everything it started; nothing happens when all of it is gone. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Kills what an earlier process of ours had started, if it still runs: pids are used again, start times are not. */
export function killCalled(pid: number, startTime: bigint): void {
  if (pid > 1 && processInfo(pid)?.startTime === startTime) killGroup(pid);
}

function collect(
  child: ChildProcess,
  limit: number,
): { readonly text: () => string; readonly closed: Promise<unknown> } {
  const chunks: Buffer[] = [];
  let length = 0;
  const closed = [child.stdout, child.stderr].map((stream) => {
    stream?.on('data', (chunk: Buffer) => {
      // Read to the end, kept up to the limit: a program that writes much must not wait for us.
      const kept = chunk.subarray(0, Math.max(0, limit - length));
      length += kept.length;
      if (kept.length > 0) chunks.push(kept);
    });
    stream?.on('error', () => {});
    return new Promise((resolve) => stream?.once('close', resolve));
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), closed: Promise.all(closed) };
}
