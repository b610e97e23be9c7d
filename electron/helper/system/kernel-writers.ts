import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { loopDevices } from './backing.ts';
import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';
import { unescapeOctal } from './mountinfo.ts';
import { readOrNothing } from './process-files.ts';
import { statxCached } from './statx.ts';

/** linux/loop.h; struct loop_info64 begins with device and inode of the file. */
const LOOP_GET_STATUS64 = 0x4c05;
const loopInfoBytes = 232;

const ioctl = bind<(fd: number, request: number, into: Uint8Array) => number>('int ioctl(int, ulong, void *)');

/** A file that the kernel itself writes to, for a device or for swapping. */
export interface KernelWriter {
  readonly how: 'loop-device' | 'swap';
  /** `loop0`, or the path of a swap file. */
  readonly name: string;
  /** As st_dev of stat(2). */
  readonly deviceId: bigint;
  readonly inode: bigint;
}

export interface KernelWriters {
  readonly writers: readonly KernelWriter[];
  /** What could not be looked at, one sentence each, for people. */
  readonly gaps: readonly string[];
}

/** Loop devices that can be written, swap files; and whether storage is served from files in ways that are not told. */
export function kernelWriters(): KernelWriters {
  const writers: KernelWriter[] = [];
  const gaps: string[] = [];
  for (const { name, backingFile } of loopDevices()) {
    if (readOrNothing(`/sys/block/${name}/ro`).trim() === '1') continue;
    const file = loopFile(name) ?? fileAt(backingFile);
    if (file === undefined) gaps.push(`The file behind ${name} could not be found.`);
    else writers.push({ how: 'loop-device', name, ...file });
  }
  for (const path of swapFiles()) {
    const file = fileAt(path);
    if (file === undefined) gaps.push(`The swap file ${path} could not be found.`);
    else writers.push({ how: 'swap', name: path, ...file });
  }
  if (servesStorage()) gaps.push('This machine serves storage to others from the kernel, possibly out of files.');
  return { writers, gaps };
}

/** What the device itself says: right also for a file that was deleted, or lies in another mount namespace. */
function loopFile(name: string): { deviceId: bigint; inode: bigint } | undefined {
  let fd: number;
  try {
    fd = openSync(`/dev/${name}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ENXIO', 'EBUSY')) return undefined;
    throw error;
  }
  try {
    const info = Buffer.alloc(loopInfoBytes);
    check(ioctl(fd, LOOP_GET_STATUS64, info), 'LOOP_GET_STATUS64');
    return { deviceId: info.readBigUInt64LE(0), inode: info.readBigUInt64LE(8) };
  } catch (error) {
    if (hasCode(error, 'ENXIO', 'EINVAL', 'ENOTTY', 'EPERM')) return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}

function swapFiles(): string[] {
  return readOrNothing('/proc/swaps')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [path, type] = line.split(/\s+/);
      return type === 'file' && path !== undefined ? [unescapeOctal(path)] : [];
    });
}

function fileAt(path: string): { deviceId: bigint; inode: bigint } | undefined {
  try {
    const { deviceId, inode } = statxCached(path);
    return { deviceId, inode };
  } catch {
    return undefined;
  }
}

/** Targets of SCSI and NVMe write to their files as loop devices do. Source: configfs of target and nvmet. */
function servesStorage(): boolean {
  const target = namesIn('/sys/kernel/config/target/core').some((name) => name.startsWith('fileio_'));
  return target || namesIn('/sys/kernel/config/nvmet/subsystems').length > 0;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) return [];
    throw error;
  }
}
