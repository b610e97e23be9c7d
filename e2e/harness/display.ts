import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { endProcess } from './end-process.ts';

/** A display for whoever has none: Xvfb on the first free number. Sets `DISPLAY` of this process; `stop` unsets it. */
export async function ensureDisplay(size = '1440x960x24'): Promise<{ stop(): Promise<void> }> {
  if (process.env.DISPLAY !== undefined) return { stop: async () => {} };
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await Promise.race([once(server.stdio[3] as Readable, 'data'), failed(server)])) as [Buffer];
  process.env.DISPLAY = `:${number.toString().trim()}`;
  return {
    stop: async () => {
      delete process.env.DISPLAY;
      await endProcess(server);
    },
  };
}

async function failed(server: ChildProcess): Promise<never> {
  const [reason] = (await Promise.race([once(server, 'error'), once(server, 'exit')])) as [unknown];
  throw new Error(`Xvfb did not start: ${String(reason)}`);
}
