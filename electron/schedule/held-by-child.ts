import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { StillpointError } from '../../shared/errors/index.ts';

/** Something a child process has for us, for as long as it and we live. */
export interface Held {
  /** Aborted when the child ended without being asked to: what it had is gone. */
  readonly lost: AbortSignal;
  /** Resolves when it is given back. */
  release(): Promise<void>;
}

export interface ChildCommand {
  /** A file name, looked up in /usr/bin and /bin: never in a PATH that somebody could have changed. */
  readonly program: string;
  /** Must make it run a program that copies its input to its output once it has what is to be held: `cat`. */
  readonly args: readonly string[];
  /** The exit code that says that somebody else has it. */
  readonly conflictCode: number;
  /** Longest time until the child has it or says that it cannot, in milliseconds. */
  readonly patienceMs: number;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const folders = ['/usr/bin', '/bin'];
const maxComplaintBytes = 2_000;
const stoppedAfterMs = 1_000;

/**
 * Starts a child that takes something and keeps it until the pipe to its input is closed: by `release`, or by the kernel
 * when we end, however we end. Undefined when somebody else has it. A byte that comes back shows that the child has it.
 * The child is in a session of its own, so that a Ctrl+C meant for us does not end it first; its environment is closed,
 * and its folder is `/`, so that it keeps no mount busy.
 */
export async function heldByChild(command: ChildCommand): Promise<Held | undefined> {
  const child = spawn(absolute(command.program), command.args, {
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const { code, problem } = await Promise.race([echoOf(child), endOf(child), tooLate(command.patienceMs)]);
  if (code === 'has-it') return holding(child);
  child.stdin.destroy();
  child.kill('SIGKILL');
  if (code === command.conflictCode) return undefined;
  throw new StillpointError({
    kind: 'io',
    message: `${command.program} could not do its part${problem === '' ? '' : `: ${problem}`}.`,
    guidance: 'Nothing was begun. It is tried again by itself.',
    retryable: true,
  });
}

interface Answer {
  readonly code: number | 'has-it' | null;
  readonly problem: string;
}

function holding(child: Child): Held {
  const lost = new AbortController();
  let released = false;
  const gone = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
  });
  void gone.then(() => {
    if (!released) lost.abort();
  });
  // It lives as long as we do, and is no reason for us to live.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) unref(stream);
  return {
    lost: lost.signal,
    async release() {
      released = true;
      child.ref();
      child.stdin.end();
      // One that is stopped does not see the end of its input.
      const timer = setTimeout(() => child.kill('SIGKILL'), stoppedAfterMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

function echoOf(child: Child): Promise<Answer> {
  return new Promise((resolve) => {
    child.stdout.once('data', () => resolve({ code: 'has-it', problem: '' }));
    // A child that ended before it read says so by its exit.
    child.stdin.on('error', () => undefined);
    child.stdin.write('.');
  });
}

function endOf(child: Child): Promise<Answer> {
  let complaint = '';
  child.stderr.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString('utf8')).slice(0, maxComplaintBytes);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, problem: error.message }));
    child.once('close', (code) => resolve({ code, problem: complaint.trim() }));
  });
}

function tooLate(ms: number): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ code: null, problem: `no answer in ${ms / 1000} s` }), ms);
    timer.unref();
  });
}

/** Pipes of a child are sockets, which its type does not say. */
function unref(stream: Readable | Writable): void {
  (stream as { unref?: () => void }).unref?.();
}

function absolute(program: string): string {
  for (const folder of folders) {
    const path = `${folder}/${program}`;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next one.
    }
  }
  throw new StillpointError({
    kind: 'io',
    message: `The program ${program} is not in ${folders.join(' or ')}.`,
    guidance: 'Install util-linux and coreutils, which bring it. Scheduled backups wait until then.',
  });
}
