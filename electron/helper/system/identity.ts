import { stat } from 'node:fs';
import { bind, check, lastErrno } from './libc.ts';
import { systemCallNumber } from './syscalls.ts';

/** In whose name files are touched. `groups` are the supplementary groups, the primary one not needed among them. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

type Bytes = Uint8Array | null;
const sysIds = bind<(n: number, id: number) => number>('long syscall(long, uint)');
const sysGroups = bind<(n: number, count: number, list: Bytes) => number>('long syscall(long, int, void *)');
const sysCaps = bind<(n: number, header: Bytes, data: Bytes) => number>('long syscall(long, void *, void *)');

/** An id that no one has: setfsuid and setfsgid then change nothing and tell the present one. */
const ASK = 0xffffffff;
/** linux/capability.h: _LINUX_CAPABILITY_VERSION_3, for this thread (pid 0). */
const capabilityHeader = Buffer.alloc(8);
capabilityHeader.writeUInt32LE(0x20080522, 0);

let current: Identity | null = null;
let isPoolStarted = false;

/**
 * Runs a synchronous function with this thread's file access done as somebody else: filesystem uid and gid,
 * supplementary groups, and no effective capability at all (else quotas, trusted.* and security.* attributes would
 * still be root's). Only this thread changes, by raw per-thread calls: libc's own wrappers would change them all.
 *
 * Everything is put back before it returns or throws. If that fails the process aborts: a helper that goes on with the
 * wrong rights is worse than one that is gone. Nothing in `work` may start a thread or a process, or return a promise
 * (a promise is refused with TypeError, its work possibly half done).
 *
 * For the identity the process already runs as without being root it runs `work` directly. Being somebody else needs
 * CAP_SETUID and CAP_SETGID: EPERM without.
 */
export function asIdentity<T>(identity: Identity, work: () => T): T {
  if (current !== null) {
    if (isSame(current, identity)) return work();
    throw new Error('asIdentity cannot be nested with another identity');
  }
  if (process.geteuid?.() === identity.uid && (identity.uid === 0 || process.getegid?.() === identity.gid))
    return work();
  startPool();

  const groups = readGroups();
  const capabilities = readCapabilities();
  const uid = askId('setfsuid');
  const gid = askId('setfsgid');
  // Taken now, so that nothing on the way back has to be allocated or can fail for want of memory.
  const restore = (): void => {
    // Capabilities first: the right to change groups and ids is among them.
    if (!writeCapabilities(capabilities) || !setId('setfsuid', uid) || !setId('setfsgid', gid) || !writeGroups(groups))
      process.abort();
    // Taking fsuid 0 back raises the file capabilities again by itself; what was there before is what counts.
    if (!writeCapabilities(capabilities)) process.abort();
    current = null;
  };

  try {
    current = identity;
    if (!writeGroups(encodeGroups(identity.groups))) check(-1, 'setgroups');
    if (!setId('setfsgid', identity.gid)) throw notPermitted('setfsgid');
    if (!setId('setfsuid', identity.uid)) throw notPermitted('setfsuid');
    if (!writeCapabilities(withoutEffective(capabilities))) check(-1, 'capset');
    const value = work();
    if (isThenable(value)) throw new TypeError('asIdentity runs synchronous work only; a promise was returned');
    return value;
  } finally {
    restore();
  }
}

/** A thread started in the middle would keep the borrowed identity for good; Node's pool starts with its first use. */
function startPool(): void {
  if (isPoolStarted) return;
  stat('/', () => {});
  isPoolStarted = true;
}

function isSame(a: Identity, b: Identity): boolean {
  return a.uid === b.uid && a.gid === b.gid && a.groups.join() === b.groups.join();
}

function askId(call: 'setfsuid' | 'setfsgid'): number {
  return sysIds(systemCallNumber(call), ASK) >>> 0;
}

/** These two calls never report failure: only asking again tells. */
function setId(call: 'setfsuid' | 'setfsgid', id: number): boolean {
  sysIds(systemCallNumber(call), id);
  return askId(call) === id;
}

function encodeGroups(groups: readonly number[]): Buffer {
  const list = Buffer.alloc(groups.length * 4);
  for (const [index, group] of groups.entries()) list.writeUInt32LE(group, index * 4);
  return list;
}

function readGroups(): Buffer {
  const number = systemCallNumber('getgroups');
  const list = Buffer.alloc(check(sysGroups(number, 0, null), 'getgroups') * 4);
  check(sysGroups(number, list.length / 4, list.length === 0 ? null : list), 'getgroups');
  return list;
}

function writeGroups(list: Buffer): boolean {
  return sysGroups(systemCallNumber('setgroups'), list.length / 4, list.length === 0 ? null : list) === 0;
}

function readCapabilities(): Buffer {
  const data = Buffer.alloc(24);
  check(sysCaps(systemCallNumber('capget'), capabilityHeader, data), 'capget');
  return data;
}

function writeCapabilities(data: Buffer): boolean {
  return sysCaps(systemCallNumber('capset'), capabilityHeader, data) === 0;
}

/** Two records of { effective, permitted, inheritable }. */
function withoutEffective(data: Buffer): Buffer {
  const reduced = Buffer.from(data);
  reduced.writeUInt32LE(0, 0);
  reduced.writeUInt32LE(0, 12);
  return reduced;
}

function notPermitted(call: string): Error {
  return new Error(`${call} did not take effect (errno ${lastErrno()}); acting for somebody else needs root`);
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
