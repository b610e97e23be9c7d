import { spawn } from 'node:child_process';

/** Runs a program of this machine to its end; rejects with the end of what it said when it fails. */
export function runHere(
  program: string,
  args: readonly string[],
  options: { cwd?: string; input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
    const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, PATH: path, LC_ALL: 'C' } });
    const out: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => void out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => void said.push(bytes));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString('latin1'));
      const words = Buffer.concat(said).toString('utf8').slice(-2000);
      reject(new Error(`${program} ${args[0] ?? ''} ended with ${code ?? signal}: ${words}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}
