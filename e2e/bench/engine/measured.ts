import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The most memory it had at once, MiB, as the kernel keeps it. */
  readonly peakMiB: number;
  readonly stdout: string;
}

const clockTicksPerSecond = 100;

/** Runs a program to its end. Rejects with what it said unless it ends with one of `good`. */
export function measured(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly cwd?: string; readonly good?: readonly number[] } = {},
): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: options.cwd ?? '/' });
  let peakMiB = 0;
  let cpuMs = 0;
  // Both only grow, and what the kernel says last is missed by a few milliseconds at most.
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
      peakMiB = Math.max(peakMiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13);
      cpuMs = ((Number(user) + Number(system)) * 1000) / clockTicksPerSecond;
    } catch {
      // It has just ended.
    }
  }, 20);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-100_000);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-100_000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      const wallMs = performance.now() - startedAt;
      if ((options.good ?? [0]).includes(code ?? -1)) resolve({ wallMs, cpuMs, peakMiB, stdout });
      else reject(new Error(`${program} ended with ${code}: ${stdout.slice(-1500)} ${stderr.slice(-1500)}`));
    });
  });
}
