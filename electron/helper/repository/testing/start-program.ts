import { spawn } from 'node:child_process';
import type { RunningProgram, StartProgram } from '../backend/child/contract.ts';

/** Starts programs as the composition does, for tests: from the PATH, with the environment given. */
export function startingProgram(env: Readonly<Record<string, string>> = {}): StartProgram {
  return (name, args): RunningProgram => {
    const child = spawn(name, [...args], { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
    let complaint = '';
    child.stderr.on('data', (piece: Buffer) => {
      complaint = (complaint + piece.toString()).slice(-2000);
    });
    const ended = new Promise<{ started: boolean; exitCode: number | null }>((resolve) => {
      child.once('error', () => resolve({ started: false, exitCode: null }));
      child.once('close', (exitCode) => resolve({ started: true, exitCode }));
    });
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      complaint: () => complaint.trim(),
      ended,
      kill: () => void child.kill(),
    };
  };
}
