import { constants } from 'node:fs';
import { quoteName, type TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { renameNew } from '../../system/rename-new.ts';
import type { PlanDirectory, PlanItem } from '../plan/plan-item.ts';
import { ownAttributes } from '../target/attributes.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { emptyFolder } from './remove-tree.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** A file that was written, to be read back. */
export interface WrittenHere {
  readonly index: number;
  readonly node: TreeNode;
  readonly lengths: readonly number[];
  readonly zeros: readonly number[];
}

/**
 * A folder that is not there yet, with everything that belongs in it. It is made as a folder of ours beside its place, which
 * nobody else can look into, with its entries under their own names; then it gets its name in one step, in place of nothing.
 */
export class FreshTree {
  readonly n: number;
  /** The top first; each folder before what is in it. */
  readonly items: readonly PlanItem[];
  readonly top: PlanItem;
  readonly directory: PlanDirectory;
  readonly temp: Buffer;
  /** What each item came to; null: it is not there. */
  readonly lines: (string | null)[];
  readonly written: WrittenHere[] = [];
  /** Who entries in it belong to before anything is set. */
  owner: readonly [uid: number, gid: number] = [0, 0];
  deviceId = 0n;
  inode = 0n;
  isPlaced = false;
  #fd: number | null = null;

  constructor(n: number, items: readonly PlanItem[], temp: Buffer) {
    const [top] = items;
    if (!top?.directory) throw new Error('a tree without a folder');
    this.n = n;
    this.items = items;
    this.top = top;
    this.directory = top.directory;
    this.temp = temp;
    this.lines = items.map(() => null);
  }

  get fd(): number {
    if (this.#fd === null) throw new Error('a tree that is not there');
    return this.#fd;
  }

  get isThere(): boolean {
    return this.#fd !== null;
  }

  get isWhole(): boolean {
    return this.lines[0] !== null;
  }

  /**
   * Makes the folder. What a folder above it passes on to new ones (a group, an access list) is taken off: for now it is ours.
   * Throws where it is not, and changes nothing of what is there then: whoever may write beside it could have put another
   * in its place.
   */
  begin(target: TargetTree, { isPrivileged }: { readonly isPrivileged: boolean }): void {
    const { ops } = target;
    ops.mkdirSync(target.entry(this.top.in, this.temp), 0o700);
    let fd: number | null = null;
    try {
      fd = ops.openBeneath(target.open(this.top.in), this.temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      const { mode, uid, gid, dev, ino } = ops.fstatSync(fd);
      const isOurs = (!isPrivileged || uid === 0n) && (mode & 0o077n) === 0n;
      if (!isOurs || ops.readdirSync(`/proc/self/fd/${fd}`).length > 0)
        throw new Error('the folder that was made is another one, or not for us alone');
      for (const name of ownAttributes(ops, fd, { isPrivileged: false }))
        if (name.startsWith('system.posix_acl_')) ops.removeXattr(fd, name);
      if ((mode & 0o7777n) !== 0o700n) ops.fchmodSync(fd, 0o700);
      this.owner = [Number(uid), Number(gid)];
      this.deviceId = dev;
      this.inode = ino;
    } catch (error) {
      if (fd !== null) ops.closeSync(fd);
      this.#removeEmpty(target);
      throw error;
    }
    this.#fd = fd;
    this.directory.name = this.temp;
  }

  /** Gives it its name. False when something has it. */
  place(target: TargetTree): boolean {
    const parent = target.open(this.top.in);
    const { ops } = target;
    if (!ops.run(() => renameNew(ops, parent, this.temp, this.top.name))) return false;
    this.directory.name = this.top.name;
    this.isPlaced = true;
    return true;
  }

  /** Takes back what was made of it, unless it has its name. */
  drop(target: TargetTree): void {
    const fd = this.#fd;
    if (fd === null || this.isPlaced) return;
    emptyFolder(target.ops, fd);
    this.close(target.ops);
    this.directory.name = this.top.name;
    this.#removeEmpty(target);
  }

  /** What somebody put there instead, with something in it, is not ours to remove. */
  #removeEmpty(target: TargetTree): void {
    try {
      target.ops.rmdirSync(target.entry(this.top.in, this.temp));
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY', 'EEXIST')) throw error;
    }
  }

  close(ops: FileOps): void {
    if (this.#fd !== null) ops.closeSync(this.#fd);
    this.#fd = null;
  }

  /** Folders in it, each with its path below the top and the indexes of what is in it, and itself. */
  folders(): ReadonlyMap<PlanDirectory, FolderOfTree> {
    const folders = new Map<PlanDirectory, FolderOfTree>([[this.directory, { path: '', index: 0, entries: [] }]]);
    for (let index = 1; index < this.items.length; index += 1) {
      const item = this.items[index] as PlanItem;
      const parent = folders.get(item.in);
      if (!parent) throw new Error('an item of a tree that is outside of it');
      parent.entries.push(index);
      if (!item.directory) continue;
      const name = item.name.toString('latin1');
      folders.set(item.directory, { path: parent.path === '' ? name : `${parent.path}/${name}`, index, entries: [] });
    }
    return folders;
  }

  /** A line for each entry that is there: see `TreeText`. */
  text(): string {
    const lines: string[] = [];
    for (const { path, index, entries } of this.folders().values()) {
      const line = this.lines[index];
      if (line === null || line === undefined) continue;
      const steps = path === '' ? [] : path.split('/').map((step) => quoteName(Buffer.from(step, 'latin1')));
      lines.push(`dir ${line} ${steps.map((step) => `${step}/`).join('')}`);
      for (const entry of entries) {
        const { type, name } = this.items[entry] as PlanItem;
        const found = this.lines[entry];
        if (type !== 'dir' && found != null) lines.push(`${type} ${found} ${quoteName(name)}`);
      }
    }
    return lines.join('\n');
  }
}

export interface FolderOfTree {
  /** Below the top, latin1. */
  readonly path: string;
  readonly index: number;
  readonly entries: number[];
}
