import { constants } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { entryOf, O_PATH } from '../../system/openat2.ts';
import { displayPath } from '../display-path.ts';
import { targetChanged } from '../errors.ts';
import type { Found, PlanDirectory, PlanItem, TargetRoot } from '../plan/plan-item.ts';
import { stepsTo } from '../plan/plan-item.ts';
import { foundOf } from './found.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
/** Directories kept open; far more than any one step uses at a time. */
const keptOpen = 48;
/** A path given to the kernel at once, in bytes: PATH_MAX is 4096. */
const longestPath = 4000;
const slash = Buffer.from('/');

/**
 * The places of a plan, reached from descriptors of their roots. No symlink is followed on any way down, whatever is
 * changed meanwhile; names of entries are single components. A descriptor from `open` is good until the next `open`
 * after an await: take it again then.
 */
export class TargetTree {
  readonly ops: FileOps;
  readonly #roots = new Map<TargetRoot, number>();
  readonly #open = new Map<PlanDirectory, number>();
  readonly #held = new Map<PlanDirectory, { readonly fd: number; holders: number }>();

  constructor(ops: FileOps) {
    this.ops = ops;
  }

  /** ENOENT, ENOTDIR, ELOOP when the directory is not there as one; `target-changed` when its root is another one now. */
  open(directory: PlanDirectory): number {
    const held = this.#held.get(directory);
    if (held !== undefined) return held.fd;
    const known = this.#open.get(directory);
    if (known !== undefined) {
      this.#open.delete(directory);
      this.#open.set(directory, known);
      return known;
    }
    const fd = this.#openBelow(this.#rootOf(directory.root), stepsTo(directory));
    this.#keep(directory, fd);
    return fd;
  }

  /** The same, good until it is let go as often as it was held. */
  hold(directory: PlanDirectory): number {
    const held = this.#held.get(directory);
    const fd = held?.fd ?? this.open(directory);
    this.#open.delete(directory);
    this.#held.set(directory, { fd, holders: (held?.holders ?? 0) + 1 });
    return fd;
  }

  letGo(directory: PlanDirectory): void {
    const held = this.#held.get(directory);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(directory);
    this.#keep(directory, held.fd);
  }

  /** The path of an entry, good for calls that do not follow their last component. */
  entry(directory: PlanDirectory, name: Buffer): Buffer {
    return entryOf(this.open(directory), name);
  }

  /** What is there now; null for nothing. */
  look(item: Pick<PlanItem, 'in' | 'name'>): Found | null {
    if (item.name.length === 0) return foundOf(this.ops.fstatSync(this.open(item.in)));
    return this.lookAt(item.in, item.name);
  }

  lookAt(directory: PlanDirectory, name: Buffer): Found | null {
    const stat = this.ops.lstatIfThere(this.entry(directory, name));
    return stat ? foundOf(stat) : null;
  }

  /** Names in a directory, in any order. */
  list(directory: PlanDirectory): Buffer[] {
    return this.ops.readdirSync(`/proc/self/fd/${this.open(directory)}`).map(({ name }) => name);
  }

  close(): void {
    const held = [...this.#held.values()].map(({ fd }) => fd);
    for (const fd of [...this.#open.values(), ...held, ...this.#roots.values()]) this.ops.closeSync(fd);
    this.#open.clear();
    this.#held.clear();
    this.#roots.clear();
  }

  #keep(directory: PlanDirectory, fd: number): void {
    this.#open.set(directory, fd);
    for (const [oldest, old] of this.#open) {
      if (this.#open.size <= keptOpen) break;
      this.#open.delete(oldest);
      this.ops.closeSync(old);
    }
  }

  #rootOf(root: TargetRoot): number {
    const known = this.#roots.get(root);
    if (known !== undefined) return known;
    const fd = this.#openRoot(root);
    const { dev, ino } = this.ops.fstatSync(fd);
    if (dev !== root.deviceId || ino !== root.inode) {
      this.ops.closeSync(fd);
      throw targetChanged(`${displayPath(root.path)} is another folder now.`, { path: displayPath(root.path) });
    }
    this.#roots.set(root, fd);
    return fd;
  }

  #openRoot(root: TargetRoot): number {
    const top = this.ops.openSync('/', O_PATH | O_DIRECTORY);
    try {
      return this.#openBelow(top, splitPath(root.path));
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV')) throw error;
      const path = displayPath(root.path);
      throw targetChanged(`${path} is not there any more as the folder it was.`, { path }, error);
    } finally {
      this.ops.closeSync(top);
    }
  }

  #openBelow(top: number, steps: readonly Buffer[]): number {
    const legs = splitIntoLegs(steps);
    let at = top;
    try {
      for (const [index, leg] of legs.entries()) {
        const next = this.#openLeg(at, leg, index < legs.length - 1);
        if (at !== top) this.ops.closeSync(at);
        at = next;
      }
      return at;
    } catch (error) {
      if (at !== top) this.ops.closeSync(at);
      throw error;
    }
  }

  #openLeg(at: number, path: Buffer, isOnTheWay: boolean): number {
    const flags = O_DIRECTORY | O_NOFOLLOW;
    try {
      return this.ops.openBeneath(at, path, flags | (isOnTheWay ? O_PATH : O_RDONLY));
    } catch (error) {
      // A directory that may be passed and written but not listed.
      if (isOnTheWay || !hasCode(error, 'EACCES')) throw error;
      return this.ops.openBeneath(at, path, flags | O_PATH);
    }
  }
}

export function splitPath(path: Buffer): Buffer[] {
  const steps: Buffer[] = [];
  for (let from = 0; from < path.length; ) {
    const end = path.indexOf(0x2f, from);
    const step = path.subarray(from, end < 0 ? path.length : end);
    if (step.length > 0) steps.push(Buffer.from(step));
    from = end < 0 ? path.length : end + 1;
  }
  return steps;
}

function splitIntoLegs(steps: readonly Buffer[]): Buffer[] {
  const legs: Buffer[] = [];
  let leg: Buffer[] = [];
  let length = 0;
  for (const step of steps) {
    if (length + step.length + 1 > longestPath) {
      legs.push(join(leg));
      leg = [];
      length = 0;
    }
    leg.push(step);
    length += step.length + 1;
  }
  return [...legs, leg.length > 0 ? join(leg) : Buffer.from('.')];
}

function join(steps: readonly Buffer[]): Buffer {
  return Buffer.concat(steps.flatMap((step, index) => (index === 0 ? [step] : [slash, step])));
}
