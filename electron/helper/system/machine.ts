import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';

export interface KernelRelease {
  readonly release: string;
  readonly major: number;
  readonly minor: number;
}

export function kernelRelease(): KernelRelease {
  return parseKernelRelease(release());
}

export function parseKernelRelease(text: string): KernelRelease {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  return { release: text, major: Number(major ?? 0), minor: Number(minor ?? 0) };
}

export function isKernelAtLeast(kernel: KernelRelease, major: number, minor: number): boolean {
  return kernel.major > major || (kernel.major === major && kernel.minor >= minor);
}

export function machineName(): string {
  return hostname();
}

/** Changes with every boot: tells whether a recorded pid or mount can still mean the same. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}
