import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { signal } from './processes.ts';

/** Who the app runs as in a spec: never root, so that Chromium's sandbox stays on. */
export interface TestUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** True when the specs run as root and give this user's rights to what they start. */
  readonly switched: boolean;
}

const name = 'stillpoint-e2e';

/** The user who runs the specs, or, where that is root, an account made for them. */
export function testUser(): TestUser {
  const me = userInfo();
  if (me.uid !== 0) return { name: me.username, uid: me.uid, gid: me.gid, switched: false };
  const there = idOf('-u');
  if (there === null) {
    execFileSync('useradd', ['--create-home', '--shell', '/usr/sbin/nologin', name], { stdio: 'ignore' });
  }
  return { name, uid: idOf('-u') ?? missing(), gid: idOf('-g') ?? missing(), switched: true };
}

/** Whether the account made for specs is there. */
export function hasTestUser(): boolean {
  return idOf('-u') !== null;
}

/** Removes the account with its home. What a spec that failed left running in its name is ended first. */
export function removeTestUser(): void {
  const uid = idOf('-u');
  if (userInfo().uid !== 0 || uid === null) return;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && ownerOf(entry) === uid))
    signal(Number(pid), 'SIGKILL');
  spawnSync('userdel', ['--remove', name], { stdio: 'ignore' });
}

function ownerOf(pid: string): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

function idOf(flag: '-u' | '-g'): number | null {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : null;
}

function missing(): never {
  throw new Error(`The account ${name} could not be made.`);
}
