import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { findProgram } from './exec.ts';

/** Whose settings a program sees, and with whose rights it runs. */
export interface ProgramUser {
  readonly home: string;
  readonly name: string;
  /** Given where this process has more rights than the user: the program then gets the user’s, without other groups. */
  readonly ids?: { readonly uid: number; readonly gid: number } | undefined;
  /** Where the user’s ssh agent listens, as far as this process was told. */
  readonly agent?: string | undefined;
}

export interface PipedProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  complaint(): string;
  readonly ended: Promise<{ readonly started: boolean; readonly exitCode: number | null }>;
  kill(): void;
}

const keptComplaint = 2_000;
/** Between asking a program to end and ending it. */
const graceMs = 5_000;

/**
 * Starts a system program with pipes, for as long as it takes. It gets the user’s home and nothing of a secret. It does not
 * outlive this process: its input ends then. Never to be called while anything is frozen.
 */
export function startPiped(name: string, args: readonly string[], user: ProgramUser): PipedProgram {
  const child = spawn(findProgram(name) ?? `/usr/bin/${name}`, [...args], {
    cwd: '/',
    env: {
      ...{
        PATH: '/usr/local/bin:/usr/bin:/bin',
        LC_ALL: 'C.UTF-8',
        HOME: user.home,
        USER: user.name,
        LOGNAME: user.name,
      },
      ...(user.agent === undefined ? {} : { SSH_AUTH_SOCK: user.agent }),
    },
    ...(user.ids === undefined ? {} : user.ids),
    stdio: 'pipe',
    shell: false,
  });
  let complaint = '';
  child.stderr.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString('utf8')).slice(-keptComplaint);
  });
  child.stderr.on('error', () => {});
  const ended = new Promise<{ started: boolean; exitCode: number | null }>((resolve) => {
    child.once('error', () => resolve({ started: child.pid !== undefined, exitCode: null }));
    child.once('close', (exitCode) => resolve({ started: true, exitCode }));
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    complaint: () => complaint.trim().split('\n').slice(-3).join(' ').slice(-500),
    ended,
    kill: () => {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      killer.unref();
      void ended.then(() => clearTimeout(killer));
    },
  };
}
