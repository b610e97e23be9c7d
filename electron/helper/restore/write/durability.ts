import { constants, fsync } from 'node:fs';
import { promisify } from 'node:util';
import { hasCode } from '../../system/errno.ts';
import { spaceOf } from '../../system/space.ts';
import { syncFilesystem } from '../../system/sync.ts';
import { syncfsTells } from '../../system/sync-tells.ts';
import type { PlanDirectory } from '../plan/plan-item.ts';
import type { TargetTree } from '../target/target-tree.ts';

const syncDescriptor = promisify(fsync);

/** Fewer files than this are made durable one by one: what others write there is not waited for. */
const fewFiles = 16;

/**
 * Filesystems of which one call makes everything durable, and tells what could not be: ext2 to ext4, XFS, Btrfs, F2FS, tmpfs.
 * One in user space, or on a network, may answer before anything is. Source: linux/magic.h.
 */
const wholeAtOnce = new Set([0xef53n, 0x58465342n, 0x9123683en, 0xf2f52010n, 0x01021994n]);

interface Filesystem {
  /** Opened before anything was written: what fails from then on is told by it. */
  readonly fd: number;
  isTouched: boolean;
}

/** How what a restore writes becomes durable: file by file, or a filesystem at once where there are many. */
export class Durability {
  readonly #target: TargetTree;
  readonly #filesystems = new Map<bigint, Filesystem | null>();
  #isFew = true;
  /** Of directories of this batch. */
  #known = new WeakMap<PlanDirectory, Filesystem>();
  /** Directories in which something was put since the last time that everything was durable. */
  readonly #touched = new Set<PlanDirectory>();

  constructor(target: TargetTree) {
    this.#target = target;
  }

  /** So many files come in this batch. */
  begin(files: number): void {
    this.#isFew = files < fewFiles;
    this.#known = new WeakMap();
  }

  /** Called before anything is written below the directory: a filesystem tells only what fails after it was opened. */
  foresee(directory: PlanDirectory): void {
    if (!this.#isFew) this.#filesystemOf(directory);
  }

  /** Whether what is put into the directory is made durable by `sync`, once `touch` was told of it. */
  isWhole(directory: PlanDirectory): boolean {
    return !this.#isFew && this.#filesystemOf(directory) !== null;
  }

  /**
   * Whether `touch` still means that `sync` makes it durable. After a sync that failed it does not: what was not synced by
   * itself, counting on that, has to be after all.
   */
  isAtOnce(directory: PlanDirectory): boolean {
    return this.#filesystemOf(directory) !== null;
  }

  touch(directory: PlanDirectory): void {
    const filesystem = this.#filesystemOf(directory);
    if (filesystem === null) return;
    filesystem.isTouched = true;
    this.#touched.add(directory);
  }

  get isTouched(): boolean {
    return this.#touched.size > 0;
  }

  /** Everything told by `touch` is durable. Rejects with what could not be written. */
  async sync(): Promise<void> {
    if (!this.isTouched) return;
    for (const filesystem of this.#filesystems.values()) {
      if (!filesystem?.isTouched) continue;
      await syncFilesystem(filesystem.fd);
      filesystem.isTouched = false;
    }
    this.#touched.clear();
  }

  /** The directories told by `touch`, one by one; from now on so is everything. For when `sync` failed over something. */
  async syncOneByOne(): Promise<void> {
    this.#known = new WeakMap();
    for (const directory of this.#touched) await this.syncDirectory(directory);
    this.#touched.clear();
    for (const [device, filesystem] of this.#filesystems) {
      if (filesystem) this.#target.ops.closeSync(filesystem.fd);
      this.#filesystems.set(device, null);
    }
  }

  async syncDirectory(directory: PlanDirectory): Promise<void> {
    try {
      await syncDescriptor(this.#target.open(directory));
    } catch (error) {
      if (!hasCode(error, 'EBADF', 'EINVAL', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES')) throw error;
    }
  }

  close(): void {
    for (const filesystem of this.#filesystems.values()) if (filesystem) this.#target.ops.closeSync(filesystem.fd);
    this.#filesystems.clear();
  }

  #filesystemOf(directory: PlanDirectory): Filesystem | null {
    const before = this.#known.get(directory);
    if (before !== undefined) return before;
    let fd: number;
    try {
      fd = this.#target.open(directory);
    } catch {
      // Whoever puts something into it hears why.
      return null;
    }
    const device = this.#target.ops.fstatSync(fd).dev;
    const known = this.#filesystems.get(device);
    const filesystem = known === undefined ? this.#look(fd) : known;
    this.#filesystems.set(device, filesystem);
    if (filesystem !== null) this.#known.set(directory, filesystem);
    return filesystem;
  }

  #look(directory: number): Filesystem | null {
    const path = `/proc/self/fd/${directory}`;
    try {
      if (!syncfsTells() || !wholeAtOnce.has(spaceOf(path).type)) return null;
      return { fd: this.#target.ops.openSync(path, constants.O_RDONLY | constants.O_DIRECTORY), isTouched: false };
    } catch {
      return null;
    }
  }
}
