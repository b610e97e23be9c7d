import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const socket = '/run/dbus/system_bus_socket';
const polkitd = ['/usr/lib/polkit-1/polkitd', '/usr/libexec/polkitd'].find((path) => existsSync(path));
const patienceMs = 15_000;

/**
 * The system bus with polkit on it: the machine's own where it runs, else started here. `stop` ends only what was
 * started here, by its process id.
 */
export async function startSystemBus(): Promise<{ stop(): Promise<void> }> {
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of started.reverse()) await end(child);
  };
  try {
    if (!answers('org.freedesktop.DBus')) {
      mkdirSync('/run/dbus', { recursive: true });
      // A socket without a bus behind it would keep the new bus from binding.
      rmSync(socket, { force: true });
      started.push(spawn('dbus-daemon', ['--system', '--nofork', '--nopidfile', '--nosyslog'], { stdio: 'ignore' }));
      await until('the system bus', () => answers('org.freedesktop.DBus'));
    }
    if (!hasOwner('org.freedesktop.PolicyKit1')) {
      if (polkitd === undefined) throw new Error('polkitd is not installed');
      started.push(spawn(polkitd, ['--no-debug'], { stdio: 'ignore' }));
      await until('polkitd', () => hasOwner('org.freedesktop.PolicyKit1'));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come up in ${patienceMs / 1000} s`);
    await sleep(100);
  }
}

/** What the bus itself says about a name; asking does not start it. */
function hasOwner(name: string): boolean {
  return call('NameHasOwner', `string:${name}`)?.includes('boolean true') ?? false;
}

function answers(name: string): boolean {
  return existsSync(socket) && call('GetNameOwner', `string:${name}`) !== undefined;
}

function call(method: string, argument: string): string | undefined {
  const args = ['--system', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
  try {
    return execFileSync('dbus-send', [...args, `org.freedesktop.DBus.${method}`, argument], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
