import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { asUser } from './as-user.ts';
import { endProcess } from './end-process.ts';
import type { World } from './world.ts';

/** A session bus of one world: it outlives the app, so that what a desktop keeps is there at its next start. */
export interface SessionBus {
  readonly address: string;
  stop(): Promise<void>;
}

export function startSessionBus(world: World): Promise<SessionBus> {
  return startBus(world, '--session');
}

/** The same without a single service that could be started by asking for it. */
export function startBareBus(world: World): Promise<SessionBus> {
  const config = join(world.folder('.bare-bus'), 'bus.conf');
  const policy = '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>';
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">${policy}</policy></busconfig>`,
  );
  return startBus(world, `--config-file=${config}`);
}

async function startBus(world: World, config: string): Promise<SessionBus> {
  const daemon = start(world, ['dbus-daemon', config, '--nofork', '--nopidfile', '--nosyslog', '--print-address']);
  const lines = createInterface({ input: daemon.stdout ?? missing() });
  const [address] = (await Promise.race([once(lines, 'line'), failed(daemon)])) as [string];
  return { address, stop: () => endProcess(daemon) };
}

/**
 * gnome-keyring on the bus, with its login keyring unlocked by this password as after a login, or, with null, locked as
 * after a login without one. It keeps its file below the world's home; a second one on the same home opens it again.
 */
export async function startKeyring(
  world: World,
  bus: SessionBus,
  password: string | null,
): Promise<{ stop(): Promise<void> }> {
  const how = password === null ? [] : ['--unlock'];
  const daemon = start(world, ['gnome-keyring-daemon', '--foreground', ...how, '--components=secrets'], {
    DBUS_SESSION_BUS_ADDRESS: bus.address,
  });
  daemon.stdin?.end(password ?? '');
  const deadline = Date.now() + 15_000;
  while (!owns(world, bus, 'org.freedesktop.secrets')) {
    if (Date.now() > deadline || daemon.exitCode !== null) throw new Error('gnome-keyring did not come up');
    await sleep(50);
  }
  return { stop: () => endProcess(daemon) };
}

function owns(world: World, bus: SessionBus, name: string): boolean {
  const question = ['org.freedesktop.DBus.NameHasOwner', `string:${name}`];
  const call = ['dbus-send', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', ...question];
  const [program = '', ...args] = asUser(world.user, call);
  const env = { ...world.environment, DBUS_SESSION_BUS_ADDRESS: bus.address };
  return spawnSync(program, args, { env, encoding: 'utf8' }).stdout.includes('boolean true');
}

function start(world: World, command: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcess {
  const [program = '', ...args] = asUser(world.user, command);
  return spawn(program, args, { cwd: '/', env: { ...world.environment, ...more }, stdio: ['pipe', 'pipe', 'ignore'] });
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
}

function missing(): never {
  throw new Error('no pipe to a process that was just started');
}
