import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { loopDevices } from './backing.ts';
import { hasCode } from './errno.ts';
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

/** PROC_PID_INIT_INO in linux/proc_ns.h: the namespace that sees every process of the machine. */
const firstPidNamespace = 'pid:[4026531836]';

/**
 * Who has one of these files open for writing, mapped shared, attached to a loop device or in use as swap. Reads all of
 * /proc, which can take 100 ms and waits for processes that are changing their mappings: never call it while anything is
 * frozen. Sources: proc_pid_fdinfo(5), proc_pid_maps(5), proc_swaps(5).
 */
export function findWriterHolders(files: readonly FileIdentity[]): WriterHolders {
  const wanted = new Wanted(files);
  const holders: WriterHolder[] = [...loopHolders(wanted), ...swapHolders(wanted)];
  const gaps: string[] = [];
  if (unresolvedLoops() > 0) gaps.push('The file behind a loop device could not be found.');
  let unreadable = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    try {
      holders.push(...holdersOf(pid, wanted));
    } catch (error) {
      if (hasCode(error, 'EACCES', 'EPERM')) unreadable += 1;
      else if (!hasCode(error, 'ENOENT', 'ESRCH')) throw error;
    }
  }
  if (unreadable === 1) gaps.push('1 program could not be looked at.');
  else if (unreadable > 1) gaps.push(`${unreadable} programs could not be looked at.`);
  else if (process.geteuid?.() !== 0) gaps.push('Programs of other users may be out of sight.');
  if (readlinkSync('/proc/self/ns/pid') !== firstPidNamespace)
    gaps.push('Programs outside this container are out of sight.');
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
  const mappings = readFileSync(`/proc/${pid}/maps`, 'latin1');
  const descriptors: { readonly file: FileIdentity; readonly isDirect: boolean }[] = [];
  const registered: FileIdentity[] = [];
  let hasRing = false;
  // A libaio context does not tell whether anything is under way in it; an io_uring does.
  let canWriteLater = mappings.includes('/[aio]');
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const info = readOrNothing(`/proc/${pid}/fdinfo/${fd}`);
    if (info.includes('\nSqMask:')) {
      hasRing = true;
      canWriteLater ||= isRingBusy(info);
      registered.push(...registeredFiles(pid, info, wanted));
    }
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0', 8);
    if ((flags & 3) === constants.O_RDONLY) continue;
    const inode = BigInt(/^ino:\s*(\d+)/m.exec(info)?.[1] ?? 0);
    // Before Linux 5.14 fdinfo names no inode: then every descriptor open for writing is followed.
    if (inode !== 0n && wanted.withInode(inode).length === 0) continue;
    const file = wanted.at(`/proc/${pid}/fd/${fd}`);
    if (file !== undefined) descriptors.push({ file, isDirect: (flags & constants.O_DIRECT) !== 0 });
  }
  // A ring whose descriptor was closed lives on in its mapping, out of sight.
  if (!hasRing && mappings.includes('anon_inode:[io_uring]')) canWriteLater = true;
  return [
    ...mappedFiles(pid, mappings, wanted).map((file): WriterHolder => ({ how: 'mapping', file, pid })),
    ...descriptors.map((each): WriterHolder => ({ how: 'descriptor', pid, canWriteLater, ...each })),
    ...registered.map((file): WriterHolder => ({ how: 'descriptor', file, pid, isDirect: false, canWriteLater })),
  ];
}

/** Shared mappings, read-only ones too: made from a descriptor open for writing they can be made writable. */
function mappedFiles(pid: number, maps: string, wanted: Wanted): FileIdentity[] {
  const found: FileIdentity[] = [];
  for (const line of maps.split('\n')) {
    const [range, permissions, , device, inodeText] = line.split(' ', 5);
    if (range === undefined || permissions?.[3] !== 's' || device === undefined) continue;
    const candidates = wanted.withInode(BigInt(inodeText ?? 0));
    if (candidates.length === 0) continue;
    const same = candidates.find((file) => deviceText(file.deviceId) === device);
    // btrfs shows another device here than stat does: ask the mapping itself. In doubt it is one of ours.
    const asked = same ?? wanted.at(`/proc/${pid}/map_files/${range}`) ?? candidates[0];
    if (asked !== undefined) found.push(asked);
  }
  return found;
}

/** Something was handed in and has not been answered (or asked for no answer). Source: io_uring/fdinfo.c. */
function isRingBusy(info: string): boolean {
  const value = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(info)?.[1];
  const taken = value('CachedSqHead');
  return taken === undefined || value('SqHead') !== value('SqTail') || taken !== value('CachedCqTail');
}

/** Files an io_uring keeps open by itself, their descriptors closed. Source: io_uring/fdinfo.c. */
function registeredFiles(pid: number, info: string, wanted: Wanted): FileIdentity[] {
  const start = info.indexOf('\nUserFiles:');
  if (start < 0) return [];
  return [...info.slice(start + 1).matchAll(/^\s*\d+: (\/.*)$/gm)].flatMap(([, path]) => {
    const file = wanted.at(`/proc/${pid}/root${path}`);
    return file === undefined ? [] : [file];
  });
}

function loopHolders(wanted: Wanted): WriterHolder[] {
  return loopDevices().flatMap(({ name, backingFile }): WriterHolder[] => {
    const file = wanted.at(backingFile);
    return file === undefined ? [] : [{ how: 'loop-device', file, device: name }];
  });
}

function unresolvedLoops(): number {
  return loopDevices().filter(({ name, backingFile }) => {
    if (readOrNothing(`/sys/block/${name}/ro`).trim() === '1') return false;
    try {
      statxCached(backingFile);
      return false;
    } catch {
      return true;
    }
  }).length;
}

function swapHolders(wanted: Wanted): WriterHolder[] {
  return readOrNothing('/proc/swaps')
    .split('\n')
    .slice(1)
    .flatMap((line): WriterHolder[] => {
      const [path, type] = line.split(/\s+/);
      const file = type === 'file' && path !== undefined ? wanted.at(unescapeOctal(path)) : undefined;
      return file === undefined ? [] : [{ how: 'swap', file }];
    });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** `8:01` in hexadecimal, as maps has it. */
function deviceText(deviceId: bigint): string {
  const major = ((deviceId >> 8n) & 0xfffn) | ((deviceId >> 32n) & 0xfffff000n);
  const minor = (deviceId & 0xffn) | ((deviceId >> 12n) & 0xffffff00n);
  return `${major.toString(16).padStart(2, '0')}:${minor.toString(16).padStart(2, '0')}`;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EINVAL')) return '';
    throw error;
  }
}
