import { findProgram, type RunResult, runProgram } from '../../system/exec.ts';
import { notMade } from './words.ts';

/** A program of the system that makes and removes snapshots. Replaced in tests by one that writes down what it is told. */
export interface Tool {
  readonly isInstalled: () => boolean;
  /** Resolves with whatever exit code. */
  readonly run: (args: readonly string[]) => Promise<RunResult>;
}

/** The longest a timer can wait. A program that suspends a device must never be killed: the device would stay suspended. */
const never = 2 ** 31 - 1;

export function systemTool(name: string, env: Readonly<Record<string, string>> = {}): Tool {
  return {
    isInstalled: () => findProgram(name) !== undefined,
    run: (args) => {
      const program = findProgram(name);
      if (program === undefined) throw notMade(`The program ${name} is not installed.`, `Install ${name}.`);
      return runProgram(program, args, { env, timeoutMs: never });
    },
  };
}

/** The last line a program complained with; empty when it did not. */
export function complaintOf({ stderr, stdout }: Pick<RunResult, 'stdout' | 'stderr'>): string {
  const text = stderr.toString().trim() || stdout.toString().trim();
  return (text.split('\n').at(-1) ?? '').trim().slice(0, 500);
}
