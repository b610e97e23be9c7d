import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findProgram, runProgramOk } from '../exec.ts';
import type { SystemBus } from '../system-bus.ts';

export interface FakeLock {
  readonly what: string;
  readonly mode: string;
  readonly who: string;
  readonly why: string;
}

export interface FakeEvent {
  readonly what: 'held' | 'released' | 'refused' | 'announced' | 'slept';
  readonly lock?: string;
  readonly mode?: string;
  /** Of `slept`: whether everybody had let go, or the longest delay was over. */
  readonly how?: 'in-order' | 'in-spite';
  /** Nanoseconds since the epoch. */
  readonly wallNs: string;
}

/** A bus of its own, with a login manager that does as it is told. */
export interface FakeLogind extends AsyncDisposable {
  readonly bus: SystemBus & { readonly address: string };
  /** Sleep is announced, and begins when no delay lock is left or the longest delay is over. */
  announceSleep(): Promise<void>;
  wake(): Promise<void>;
  set(values: { readonly denies?: boolean; readonly deaf?: boolean; readonly delay_us?: number }): Promise<void>;
  locks(): Promise<readonly FakeLock[]>;
  events(): Promise<readonly FakeEvent[]>;
  forgetEvents(): Promise<void>;
}

const program = fileURLToPath(new URL('./fake-logind.py', import.meta.url));
const python = '/usr/bin/python3';

/** Why none can be started here; undefined where one can. */
export function whyNoFakeLogind(): string | undefined {
  const missing = ['dbus-daemon', 'busctl', 'systemd-inhibit'].find((name) => findProgram(name) === undefined);
  if (missing !== undefined) return `needs ${missing}`;
  const modules = spawnSync(python, ['-c', 'import dbus, gi'], { stdio: 'ignore' });
  return modules.status === 0 ? undefined : 'needs python3-dbus and python3-gi';
}

/** `roles`: `logind`, and `metered=N` for a network manager that says so. None: a bus with nobody on it. */
export async function startFakeLogind(roles: readonly string[] = ['logind']): Promise<FakeLogind> {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-bus-'));
  const address = `unix:path=${join(folder, 'bus')}`;
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of started.splice(0).reverse()) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const daemon = ['--session', '--nofork', '--nopidfile', `--address=${address}`, '--print-address=1'];
    started.push(await startAndHear('dbus-daemon', daemon, {}));
    started.push(await startAndHear(python, [program, ...roles], { DBUS_SYSTEM_BUS_ADDRESS: address }));
  } catch (error) {
    await stop();
    throw error;
  }
  const tell = async (command: object): Promise<{ locks: FakeLock[]; events: FakeEvent[] }> => {
    const object = ['org.freedesktop.login1', '/org/freedesktop/login1', 'dev.stillpoint.Test', 'Do', 's'];
    const args = [`--address=${address}`, '--json=short', 'call', ...object, JSON.stringify(command)];
    const { stdout } = await runProgramOk(findProgram('busctl') ?? '', args, { timeoutMs: 10_000 });
    return JSON.parse(JSON.parse(stdout.toString()).data[0]);
  };
  return {
    bus: { address },
    announceSleep: async () => void (await tell({ do: 'announce' })),
    wake: async () => void (await tell({ do: 'wake' })),
    set: async (values) => void (await tell({ do: 'set', values })),
    locks: async () => (await tell({ do: 'look' })).locks,
    events: async () => (await tell({ do: 'look' })).events,
    forgetEvents: async () => void (await tell({ do: 'forget' })),
    [Symbol.asyncDispose]: stop,
  };
}

async function startAndHear(file: string, args: readonly string[], env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(file, [...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout });
  const isUp = await new Promise<boolean>((resolve) => {
    lines.once('line', () => resolve(true));
    child.once('exit', () => resolve(false));
    child.once('error', () => resolve(false));
  });
  if (!isUp) throw new Error(`${file} did not start`);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
