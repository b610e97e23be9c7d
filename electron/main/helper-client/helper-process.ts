import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** How a helper process ended. `startError`: it never began. */
export interface HelperExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly startError: Error | undefined;
}

/** A started helper, whichever way it was started. */
export interface HelperProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Its log; never frames. */
  readonly log: Readable;
  readonly exited: Promise<HelperExit>;
  /** May do nothing: a process with more rights than ours cannot be signalled. Closing its input ends it. */
  kill(signal: NodeJS.Signals): void;
}

export type Launch = () => HelperProcess;

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a program without a shell, with its own environment and three pipes. */
export function launchProgram({ file, args, env }: Program): HelperProcess {
  const child = spawn(file, [...args], { env: { ...env }, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], shell: false });
  return {
    input: child.stdin,
    output: child.stdout,
    log: child.stderr,
    exited: exitOf(child),
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

function exitOf(child: ChildProcess): Promise<HelperExit> {
  return new Promise((resolve) => {
    // Also told when a signal could not be sent; that says nothing about its life.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, startError: error });
    });
    child.once('exit', (code, signal) => resolve({ code, signal, startError: undefined }));
  });
}
