import { readFileSync } from 'node:fs';
import { kernelRelease } from './machine.ts';

/** linux/capability.h, those that decide what the helper can do. */
const capabilityBits = {
  chown: 0,
  dacOverride: 1,
  dacReadSearch: 2,
  fowner: 3,
  setgid: 6,
  setuid: 7,
  ipcLock: 14,
  sysAdmin: 21,
  sysNice: 23,
  sysResource: 24,
  mknod: 27,
} as const;

export type CapabilityName = keyof typeof capabilityBits;

export interface ProcessAbilities {
  readonly uid: number;
  readonly effective: ReadonlySet<CapabilityName>;
  /** CAP_SYS_ADMIN: freeze, mount, fanotify on whole filesystems. In a user namespace it may still not reach them. */
  readonly canFreeze: boolean;
  /** May act in somebody else's name (asIdentity). */
  readonly canActForOthers: boolean;
  readonly kernel: { readonly release: string; readonly major: number; readonly minor: number };
}

/** What this process may do, from /proc/self/status: whoever asks finds out, nothing is tried. */
export function processAbilities(): ProcessAbilities {
  const status = readFileSync('/proc/self/status', 'latin1');
  const effective = parseEffective(status);
  return {
    uid: process.geteuid?.() ?? -1,
    effective,
    canFreeze: effective.has('sysAdmin'),
    canActForOthers: effective.has('setuid') && effective.has('setgid'),
    kernel: kernelRelease(),
  };
}

export function parseEffective(status: string): ReadonlySet<CapabilityName> {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  const mask = BigInt(`0x${hex}`);
  const names = Object.keys(capabilityBits) as CapabilityName[];
  return new Set(names.filter((name) => ((mask >> BigInt(capabilityBits[name])) & 1n) === 1n));
}
