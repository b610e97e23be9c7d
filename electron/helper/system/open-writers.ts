import { readlinkSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasCode } from './errno.ts';
import type { ListenerInfo } from './fanotify/index.ts';
import { kernelWriters } from './kernel-writers.ts';
import { isKernelAtLeast, kernelRelease } from './machine.ts';
import { MountTable } from './mount-table.ts';
import { isInside, type Mount } from './mountinfo.ts';
import { deviceNumber } from './mounts.ts';
import { inodeInUpper, overlayUpper, type UpperPlace } from './overlay-upper.ts';
import { lookAtProcess, type ProcessFiles, processGaps, processIds, type SharedMapping } from './process-files.ts';
import { statxCached } from './statx.ts';

/** Somebody who can write to a file of a filesystem without opening it anew. */
export interface OpenWriter {
  readonly how: 'descriptor' | 'mapping' | 'loop-device' | 'swap';
  readonly inode: bigint;
  /** Absent where the kernel itself writes. */
  readonly pid?: number;
  /** `loop0`, or the path of the swap file. */
  readonly name?: string;
  /** Descriptors: its writes may reach the file without passing through memory that others see. */
  readonly isDirect: boolean;
  /** Descriptors: writes may be under way while the process does something else: libaio or io_uring. */
  readonly canWriteLater: boolean;
  /** False: the number fits, but it may be the number of a file on another filesystem. */
  readonly isCertain: boolean;
}

export interface OpenWriters {
  readonly writers: readonly OpenWriter[];
  /** What could not be looked at, one sentence each, for people. Empty: everything on this machine was seen. */
  readonly gaps: readonly string[];
  /**
   * Programs that could not be looked at and are trusted all the same, one sentence each, for people: the first process,
   * where the system protects it. It made the mounts and could write to the disk itself, as the kernel could.
   */
  readonly trusted: readonly string[];
  /** A program is asked before files of this filesystem are opened or read, as scanners for viruses are. */
  readonly isAnswered?: boolean;
}

/** How long other work of this process may wait for one piece of the scan. */
const turnMs = 8;
/** A program may start another with its descriptors while we look: those are looked for until there are none. */
const mostRounds = 8;

/**
 * Everybody on this machine who could write to any file of a filesystem right now without opening it: descriptors open for
 * writing, shared mappings, loop devices, swap files, files kept by io_uring. `device` is that of its mounts (`8:1`), the
 * same for all subvolumes. In doubt somebody is listed: one too many is looked at twice, one too few is a lie.
 *
 * Reads all of /proc, 20 to 200 ms, and waits for processes that change their mappings: never while anything is frozen. A
 * descriptor that is handed from one process to another just then can be missed; who closes the last one for writing is
 * told of by change tracking. Sources: proc_pid_fdinfo(5), proc_pid_maps(5), proc_swaps(5).
 */
export function scanOpenWriters(device: string): OpenWriters {
  const scan = new Scan(device);
  for (const _ of scan.steps());
  return scan.result();
}

/** The same in short pieces, other work of this process in between. */
export async function scanOpenWritersInTurns(device: string, signal?: AbortSignal): Promise<OpenWriters> {
  const scan = new Scan(device);
  let turnEndsAt = performance.now() + turnMs;
  for (const _ of scan.steps()) {
    if (performance.now() < turnEndsAt) continue;
    signal?.throwIfAborted();
    await nextTurn();
    turnEndsAt = performance.now() + turnMs;
  }
  return scan.result();
}

/** For people. */
export const untoldWrites =
  'A program is handed files of this filesystem by the kernel, and can change them without the kernel telling of it.';

class Scan {
  readonly #device: string;
  readonly #table = new MountTable();
  readonly #writers = new Map<string, OpenWriter>();
  readonly #gaps = new Set<string>();
  readonly #uppers = new Map<string, UpperPlace>();
  /** Mounts that no namespace lists, and whether files of them may be ours. Pipes, sockets and memory have one each. */
  readonly #unlisted = new Map<number, boolean>();
  #unreadable = 0;
  readonly #trusted: string[] = [];
  #inFlight = 0;
  #isAnswered = false;

  constructor(device: string) {
    this.#device = device;
    this.#table.addThoseOf('self');
  }

  /** Yields after each process. */
  *steps(): Generator<void> {
    this.#addKernelWriters();
    const seen = new Set<number>();
    for (let round = 0; ; round += 1) {
      const fresh = processIds().filter((pid) => !seen.has(pid));
      if (fresh.length === 0) return;
      if (round === mostRounds) {
        this.#gaps.add('Programs start faster than they can be looked at.');
        return;
      }
      for (const pid of fresh) {
        seen.add(pid);
        this.#addProcess(pid);
        yield;
      }
    }
  }

  result(): OpenWriters {
    const gaps = [...this.#gaps, ...processGaps(this.#unreadable)];
    if (this.#inFlight > 0) gaps.push(`${this.#inFlight} open files are on their way from one program to another.`);
    return { writers: [...this.#writers.values()], gaps, trusted: this.#trusted, isAnswered: this.#isAnswered };
  }

  #addKernelWriters(): void {
    const { writers, gaps } = kernelWriters();
    for (const gap of gaps) this.#gaps.add(gap);
    for (const { how, name, deviceId, inode } of writers) {
      const device = textOfDevice(deviceId);
      // btrfs gives each subvolume a device of its own, which no mount shows; an overlay shows its own instead of ours.
      const type = this.#table.ofDevice(device)?.fsType;
      const isCertain = device === this.#device;
      if (isCertain || type === undefined || type === 'overlay')
        this.#add({ how, name, inode, isDirect: false, canWriteLater: true, isCertain });
    }
  }

  #addProcess(pid: number): void {
    try {
      const files = lookAtProcess(pid);
      this.#addMounts(pid);
      this.#addFiles(pid, files);
    } catch (error) {
      if (hasCode(error, 'EACCES', 'EPERM')) this.#addUnreadable(pid);
      else if (!hasCode(error, 'ENOENT', 'ESRCH')) throw error;
    }
  }

  /** A process whose first thread has ended tells of no mounts; what it has open counts without. */
  #addMounts(pid: number): void {
    try {
      this.#table.addThoseOf(pid);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ESRCH', 'EINVAL')) throw error;
    }
  }

  #addUnreadable(pid: number): void {
    if (pid !== 1) this.#unreadable += 1;
    else this.#trusted.push('The first process of this system could not be looked at; it is trusted as the kernel is.');
  }

  #addFiles(pid: number, files: ProcessFiles): void {
    this.#inFlight += files.inFlight;
    if (files.isRingSilent)
      this.#gaps.add('A program’s asynchronous input and output (io_uring) could not be looked into.');
    const { canWriteLater } = files;
    for (const { inode, mountId, isDirect, path } of files.descriptors) {
      const found = { how: 'descriptor', pid, isDirect, canWriteLater } as const;
      const mount = this.#table.byId(mountId);
      if (mount === undefined) {
        if (this.#mayBeOursUnlisted(mountId, path)) this.#add({ ...found, inode, isCertain: false });
      } else if (deviceNumber(mount) === this.#device) {
        // Before Linux 5.14 fdinfo names no inode.
        this.#add({ ...found, inode: inode === 0n ? statxCached(path).inode : inode, isCertain: true });
      } else if (mount.fsType === 'overlay') {
        this.#addBelowOverlay(mount, nameOf(path), { ...found, inode, isCertain: false });
      }
    }
    for (const mapping of files.mappings) this.#addMapping(pid, mapping);
    const listeners = files.listeners.filter((listener) => this.#concerns(listener));
    if (listeners.some(({ handsOutWriters }) => handsOutWriters)) this.#gaps.add(untoldWrites);
    if (listeners.some(({ isAsked }) => isAsked)) this.#isAnswered = true;
    for (const path of files.registered) this.#addRegistered(pid, path, canWriteLater);
  }

  /** A mount that is in no list may be one of this filesystem. */
  #concerns({ devices, mountIds }: ListenerInfo): boolean {
    const deviceOf = (id: number): string => {
      const mount = this.#table.byId(id);
      return mount === undefined ? this.#device : deviceNumber(mount);
    };
    return devices.has(this.#device) || mountIds.some((id) => deviceOf(id) === this.#device);
  }

  #addMapping(pid: number, { device, inode, name, isWritable }: SharedMapping): void {
    const found = { how: 'mapping', pid, inode, isDirect: false, canWriteLater: false } as const;
    const [major, minor] = device.split(':').map((part) => Number.parseInt(part, 16));
    const number = `${major}:${minor}`;
    const mount = this.#table.ofDevice(number);
    if (number === this.#device) this.#add({ ...found, isCertain: true });
    else if (mount?.fsType === 'overlay')
      this.#addBelowOverlay(mount, name, { ...found, isCertain: false }, isWritable);
    else if (mount?.fsType.startsWith('fuse') === true && isWritable && passesThrough())
      this.#gaps.add(
        'A program stores into files that another program serves (FUSE); they may be files of this filesystem.',
      );
    // A filesystem that no namespace shows any more. What lives in memory only is named by the kernel itself.
    else if (mount === undefined && name.startsWith('/') && !isMemory(name)) this.#add({ ...found, isCertain: false });
  }

  /** What a ring keeps open is known by path only. */
  #addRegistered(pid: number, path: string, canWriteLater: boolean): void {
    const mounts = this.#table
      .ofProcess(pid)
      .filter(({ mountPoint }) => path === mountPoint || isInside(path, mountPoint));
    // The deepest, and of several at one place the latest.
    const mount = mounts.reduce<Mount | undefined>(
      (best, each) => (best === undefined || each.mountPoint.length >= best.mountPoint.length ? each : best),
      undefined,
    );
    const found = { how: 'descriptor', pid, isDirect: false, canWriteLater } as const;
    if (mount?.fsType === 'overlay') this.#addBelowOverlay(mount, path, { ...found, inode: 0n, isCertain: false });
    // A process with another root sees mounts that its path, which is told as we see it, does not fit.
    if (mount === undefined && path.startsWith('/') && !isMemory(path))
      this.#gaps.add('A program’s asynchronous input and output (io_uring) keeps a file open that could not be found.');
    if (mount === undefined || deviceNumber(mount) !== this.#device) return;
    try {
      this.#add({ ...found, inode: statxCached(`/proc/${pid}/root${path}`).inode, isCertain: true });
    } catch {
      this.#gaps.add('A program’s asynchronous input and output (io_uring) keeps a file open that could not be found.');
    }
  }

  /**
   * The overlay shows a number of its own, which is that of the file below unless that was copied up. What is open for
   * writing has been; what is not there is mapped for reading only.
   */
  #addBelowOverlay(
    overlay: Mount,
    path: string,
    found: OpenWriter & { readonly pid: number },
    mustBeThere = true,
  ): void {
    // What a path means may be another thing to each process.
    const asked = `${deviceNumber(overlay)} ${found.pid}`;
    const upper = this.#uppers.get(asked) ?? overlayUpper(overlay, this.#device, found.pid);
    this.#uppers.set(asked, upper);
    if (upper.where === 'elsewhere') return;
    const inode = upper.where === 'here' ? inodeInUpper(upper.directory, overlay, path) : undefined;
    if (inode === undefined && upper.where === 'here' && !mustBeThere) return;
    this.#add(found);
    if (typeof inode === 'bigint') this.#add({ ...found, inode, isCertain: true });
    else if (inode === undefined && mustBeThere)
      this.#gaps.add('A program in a container has a file open that could not be found on this filesystem.');
  }

  #mayBeOursUnlisted(mountId: number, path: string): boolean {
    const known = this.#unlisted.get(mountId);
    if (known !== undefined) return known;
    const name = nameOf(path);
    // Gone meanwhile: says nothing of its mount.
    if (name === '') return false;
    const maybe = name.startsWith('/') && !isMemory(name);
    this.#unlisted.set(mountId, maybe);
    return maybe;
  }

  #add(writer: OpenWriter): void {
    if (writer.inode === 0n) return;
    const { how, inode, pid, name, isDirect } = writer;
    const key = `${how} ${inode} ${pid} ${name} ${isDirect}`;
    if (this.#writers.get(key)?.isCertain !== true) this.#writers.set(key, writer);
  }
}

/** Memory with a descriptor, shared memory, that of devices: no file of any filesystem. */
function isMemory(name: string): boolean {
  return /^\/(memfd:|SYSV|dev\/zero|anon_hugepage|\[aio\]|dmabuf)/.test(name);
}

function nameOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return '';
    throw error;
  }
}

/** Since then a FUSE server may have the kernel map a file of another filesystem in place of its own. */
function passesThrough(): boolean {
  return isKernelAtLeast(kernelRelease(), 6, 9);
}

/** `8:1` for st_dev of stat(2). */
function textOfDevice(deviceId: bigint): string {
  const major = ((deviceId >> 8n) & 0xfffn) | ((deviceId >> 32n) & 0xfffff000n);
  const minor = (deviceId & 0xffn) | ((deviceId >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
