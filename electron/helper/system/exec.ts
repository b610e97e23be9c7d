import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { StillpointError, throwIfAborted } from '../../../shared/errors/index.ts';

export interface RunOptions {
  /** Milliseconds; then the program is killed and `deadline-exceeded` thrown. Default 60 s. */
  readonly timeoutMs?: number;
  /** Bytes kept of each of stdout and stderr; a program that writes more is killed (`io`). Default 8 MiB. */
  readonly maxOutputBytes?: number;
  readonly input?: Uint8Array | string;
  /** Added to the fixed environment. Never a secret: it can be read in /proc. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** All a program gets: English messages, system programs only, nothing of the caller's environment. */
const fixedEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: '/nonexistent' };

/** An installed system program by name, or undefined. The caller's PATH has no say. */
export function findProgram(name: string): string | undefined {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin']
    .map((directory) => `${directory}/${name}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Runs a program by absolute path with an argument list: never a shell. Resolves with its exit code, whatever it is.
 * Never to be called while anything is frozen.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  if (!isAbsolute(program))
    throw new StillpointError({
      kind: 'internal',
      message: `The program ${program} was named without its full path.`,
      guidance: 'This is a defect; please report it.',
      field: 'program',
    });
  throwIfAborted(options.signal);
  const limit = options.maxOutputBytes ?? 8 * 1024 * 1024;
  const timeoutMs = options.timeoutMs ?? 60_000;
  return await new Promise<RunResult>((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd ?? '/',
      env: { ...fixedEnvironment, ...options.env },
      stdio: 'pipe',
      shell: false,
    });
    let failure: StillpointError | undefined;
    const fail = (error: StillpointError): void => {
      failure ??= error;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => fail(tookTooLong(program, timeoutMs)), timeoutMs);
    const onAbort = (): void => fail(aborted(program));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    const collect = (chunks: Buffer[]): ((chunk: Buffer) => void) => {
      let total = 0;
      return (chunk) => {
        total += chunk.length;
        if (total > limit) fail(wroteTooMuch(program, limit));
        else chunks.push(chunk);
      };
    };
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => {
      settled();
      reject(didNotStart(program, cause));
    });
    child.on('close', (exitCode, exitSignal) => {
      settled();
      if (failure !== undefined) reject(failure);
      else resolve({ exitCode, exitSignal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
    });
  });
}

/** The same, and any exit code but 0 is an error that carries the last line the program complained with. */
export async function runProgramOk(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const result = await runProgram(program, args, options);
  if (result.exitCode === 0) return result;
  const complaint = result.stderr.toString().trim().split('\n').at(-1) ?? '';
  throw new StillpointError({
    kind: 'io',
    message: `${program} failed${complaint === '' ? '' : `: ${complaint.slice(0, 500)}`}`,
    guidance: 'The message is the program’s own.',
    retryable: true,
    context: { program, exit: result.exitCode ?? result.exitSignal ?? 'unknown' },
  });
}

function tookTooLong(program: string, timeoutMs: number): StillpointError {
  return new StillpointError({
    kind: 'deadline-exceeded',
    message: `${program} took longer than ${timeoutMs} ms and was stopped.`,
    guidance: 'Try again when the machine is less busy.',
    retryable: true,
    context: { program, timeoutMs },
  });
}

function wroteTooMuch(program: string, limit: number): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `${program} wrote more than ${limit} bytes and was stopped.`,
    guidance: 'Its output cannot be what was expected of it.',
    context: { program, limit },
  });
}

function aborted(program: string): StillpointError {
  return new StillpointError({
    kind: 'cancelled',
    message: `${program} was stopped because the run was cancelled.`,
    guidance: 'What was already stored is kept, and the next run continues from it.',
    retryable: true,
    context: { program },
  });
}

function didNotStart(program: string, cause: Error): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `${program} could not be started.`,
    guidance: 'Is it installed?',
    context: { program },
    cause,
  });
}
