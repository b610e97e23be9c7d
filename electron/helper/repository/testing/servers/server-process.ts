import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real server on the loopback, started for a test and stopped by its pid. */
export interface TestServer {
  readonly port: number;
  /** Its own folder, gone when it is stopped. */
  readonly folder: string;
  readonly pid: number;
  /** What it wrote, for a failing test. */
  readonly output: () => string;
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `command` is told the port and a new folder. Resolves when it answers on the port. */
export async function startServer(
  command: (port: number, folder: string) => ServerCommand,
  settings: { readonly port?: number; readonly folder?: string } = {},
): Promise<TestServer> {
  const port = settings.port ?? (await freePort());
  const folder = settings.folder ?? mkdtempSync(join(tmpdir(), 'stillpoint-server-'));
  const { program, args, env } = command(port, folder);
  const child = spawn(program, [...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  const stop = async (): Promise<void> => {
    await ended(child);
    if (settings.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswers(port, child, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, folder, pid: child.pid ?? 0, output: () => output, stop };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await over;
  clearTimeout(killer);
}

async function untilAnswers(port: number, child: ChildProcess, output: () => string): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${output()}`);
    if (await answers(port)) return;
  }
  throw new Error(`the server does not answer on ${port}: ${output()}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

/** Path of an installed program, or why a test that needs it is skipped. */
export function findServerProgram(name: string, variable?: string): { path: string | undefined; missing: string } {
  const named = variable === undefined ? undefined : process.env[variable];
  try {
    const path =
      named ??
      execFileSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v "${name}"`], { encoding: 'utf8' }).trim();
    return { path, missing: '' };
  } catch {
    return { path: undefined, missing: ` (needs ${name}${variable === undefined ? '' : ` or ${variable}`})` };
  }
}
