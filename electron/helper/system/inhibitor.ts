import { type ChildProcess, spawn } from 'node:child_process';
import { findProgram } from './exec.ts';
import type { SystemBus } from './system-bus.ts';

export interface InhibitorWish {
  /** What is held off, in logind's words. */
  readonly what: 'sleep' | 'idle';
  /** `delay`: the system waits a little, and goes on; `block`: it does not begin. */
  readonly mode: 'delay' | 'block';
  /** For people who ask the system what holds it up. */
  readonly why: string;
}

/** A lock at the login manager. It lives in a child that ends when its input does: it is gone with us, however we end. */
export interface Inhibitor extends AsyncDisposable {
  /** False once it was let go, or its child was ended by somebody. */
  readonly isHeld: boolean;
  /** Resolves when the child has ended; it is killed if it takes long. Idempotent. */
  release(): Promise<void>;
}

/** A login manager that is started for it on a busy machine takes its time. */
const startMs = 15_000;
const leaveMs = 1_000;

/**
 * Takes a lock, or resolves with undefined where it is not given or nothing can give one. The child is `systemd-inhibit`
 * (elogind's where that is), which has the lock before it starts `cat`: what `cat` gives back proves that it is held.
 * Never to be called or waited for while anything is frozen. Never rejects.
 */
export async function inhibit(wish: InhibitorWish, bus: SystemBus = {}): Promise<Inhibitor | undefined> {
  const program = findProgram('systemd-inhibit') ?? findProgram('elogind-inhibit');
  const cat = findProgram('cat');
  if (program === undefined || cat === undefined) return undefined;
  const { what, mode, why } = wish;
  const child = spawn(program, [`--what=${what}`, `--mode=${mode}`, '--who=Stillpoint', `--why=${why}`, cat], {
    cwd: '/',
    env: {
      PATH: '/usr/bin:/bin',
      LC_ALL: 'C.UTF-8',
      ...(bus.address === undefined ? {} : { DBUS_SYSTEM_BUS_ADDRESS: bus.address }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
    shell: false,
    // A terminal's Ctrl+C is for us, who may have something to bring to its end first.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin?.on('error', () => {});
  const isGiven = await echo(child, ended);
  let isHeld = isGiven;
  void ended.then(() => {
    isHeld = false;
  });
  const release = async (): Promise<void> => {
    isHeld = false;
    child.stdin?.end();
    child.stdout?.destroy();
    const killer = setTimeout(() => child.kill('SIGKILL'), leaveMs);
    await ended;
    clearTimeout(killer);
  };
  if (!isGiven) {
    await release();
    return undefined;
  }
  // It holds up nobody who wants to end: with us it ends.
  child.unref();
  return {
    get isHeld(): boolean {
      return isHeld;
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** No sleep for want of use until it is disposed of; a closed lid and a person still have their way. Holds up nobody. */
export function keepAwake(why: string, bus: SystemBus = {}): AsyncDisposable {
  const lock = inhibit({ what: 'idle', mode: 'block', why }, bus);
  return { [Symbol.asyncDispose]: async () => (await lock)?.release() };
}

function echo(child: ChildProcess, ended: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), startMs);
  child.stdout?.once('data', () => resolve(true));
  void ended.then(() => resolve(false));
  child.stdin?.write('.');
  return promise.finally(() => clearTimeout(timer));
}
