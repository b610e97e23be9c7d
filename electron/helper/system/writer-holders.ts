import { statfsSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { kernelWriters } from './kernel-writers.ts';
import { lookAtProcess, processGaps, processIds, type SharedMapping } from './process-files.ts';
import { statxCached } from './statx.ts';

/** A file by what the kernel calls it: `st_dev` and inode number. */
export interface FileIdentity {
  readonly deviceId: bigint;
  readonly inode: bigint;
}

/** Somebody who has a file open for writing. `file` is one of those that were asked about. */
export type WriterHolder =
  | { readonly how: 'mapping'; readonly file: FileIdentity; readonly pid: number }
  | {
      readonly how: 'descriptor';
      readonly file: FileIdentity;
      readonly pid: number;
      /** Its writes may reach the file without passing through memory that others see: O_DIRECT. */
      readonly isDirect: boolean;
      /** The process has, or may have, writes under way while it does something else: libaio or io_uring. */
      readonly canWriteLater: boolean;
    }
  | { readonly how: 'loop-device'; readonly file: FileIdentity; readonly device: string }
  | { readonly how: 'swap'; readonly file: FileIdentity };

export interface WriterHolders {
  readonly holders: readonly WriterHolder[];
  /** What could not be looked at, one sentence each, for people. Empty: everything on this machine was seen. */
  readonly gaps: readonly string[];
}

/**
 * Who has one of these files open for writing, mapped shared, attached to a loop device or in use as swap. Reads all of
 * /proc, which can take 100 ms and waits for processes that are changing their mappings: never call it while anything is
 * frozen. `trusts`: processes that are no gap where they may not be looked at. Sources: proc_pid_fdinfo(5), proc_pid_maps(5),
 * proc_swaps(5).
 */
export function findWriterHolders(
  files: readonly FileIdentity[],
  trusts: (pid: number) => boolean = () => false,
): WriterHolders {
  const wanted = new Wanted(files);
  const ofKernel = kernelWriters();
  const gaps = [...ofKernel.gaps];
  const holders = ofKernel.writers.flatMap((writer): WriterHolder[] => {
    const file = wanted.withInode(writer.inode).find(({ deviceId }) => deviceId === writer.deviceId);
    if (file === undefined) return [];
    return [writer.how === 'swap' ? { how: 'swap', file } : { how: 'loop-device', file, device: writer.name }];
  });
  let unreadable = 0;
  for (const pid of processIds()) {
    try {
      holders.push(...holdersOf(pid, wanted));
    } catch (error) {
      if (hasCode(error, 'EACCES', 'EPERM')) unreadable += trusts(pid) ? 0 : 1;
      else if (!hasCode(error, 'ENOENT', 'ESRCH')) throw error;
    }
  }
  gaps.push(...processGaps(unreadable));
  return { holders, gaps };
}

class Wanted {
  readonly #byInode = new Map<bigint, FileIdentity[]>();

  constructor(files: readonly FileIdentity[]) {
    for (const file of files) this.#byInode.set(file.inode, [...this.withInode(file.inode), file]);
  }

  withInode(inode: bigint): readonly FileIdentity[] {
    return this.#byInode.get(inode) ?? [];
  }

  /** The file a path leads to, if it was asked for; undefined also where the path leads nowhere. */
  at(path: string): FileIdentity | undefined {
    try {
      const { deviceId, inode } = statxCached(path);
      return this.withInode(inode).find((file) => file.deviceId === deviceId);
    } catch {
      return undefined;
    }
  }
}

function holdersOf(pid: number, wanted: Wanted): WriterHolder[] {
  const { mappings, descriptors, registered, canWriteLater } = lookAtProcess(pid);
  return [
    ...mappings.flatMap((mapping): WriterHolder[] => {
      const file = mappedFile(mapping, wanted);
      return file === undefined ? [] : [{ how: 'mapping', file, pid }];
    }),
    ...descriptors.flatMap(({ inode, isDirect, path }): WriterHolder[] => {
      // Before Linux 5.14 fdinfo names no inode: then every descriptor open for writing is followed.
      if (inode !== 0n && wanted.withInode(inode).length === 0) return [];
      const file = wanted.at(path);
      return file === undefined ? [] : [{ how: 'descriptor', file, pid, isDirect, canWriteLater }];
    }),
    ...registered.flatMap((path): WriterHolder[] => {
      const file = wanted.at(`/proc/${pid}/root${path}`);
      return file === undefined ? [] : [{ how: 'descriptor', file, pid, isDirect: false, canWriteLater }];
    }),
  ];
}

function mappedFile({ inode, device, path }: SharedMapping, wanted: Wanted): FileIdentity | undefined {
  const candidates = wanted.withInode(inode);
  if (candidates.length === 0) return undefined;
  const same = candidates.find((file) => deviceText(file.deviceId) === device);
  // btrfs shows another device here than stat does: ask the mapping itself. In doubt it is one of ours.
  return same ?? wanted.at(path) ?? (isOfOneDevice(device, path) ? undefined : candidates[0]);
}

/** linux/magic.h */
const TMPFS_MAGIC = 0x01021994;

/** Whether the file's filesystem has one device, under which both maps and stat show it: then another device is another file. */
function isOfOneDevice(device: string, path: string): boolean {
  // Those of btrfs and of overlays have no number of a disk. Whose has one, has it everywhere.
  if (!device.startsWith('00:')) return true;
  try {
    return statfsSync(path).type === TMPFS_MAGIC;
  } catch {
    return false;
  }
}

/** `8:01` in hexadecimal, as maps has it. */
function deviceText(deviceId: bigint): string {
  const major = ((deviceId >> 8n) & 0xfffn) | ((deviceId >> 32n) & 0xfffff000n);
  const minor = (deviceId & 0xffn) | ((deviceId >> 12n) & 0xffffff00n);
  return `${major.toString(16).padStart(2, '0')}:${minor.toString(16).padStart(2, '0')}`;
}
