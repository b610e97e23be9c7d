import { constants, fsync } from 'node:fs';
import { promisify } from 'node:util';
import { hasCode } from '../../system/errno.ts';
import { type PlanDirectory, type PlanItem, stepsTo } from '../plan/plan-item.ts';
import { foundOf, isSameVersion } from '../target/found.ts';
import { applyMetadata } from './apply-metadata.ts';
import { listOrEnd } from './entry-failure.ts';
import { recordPlaced } from './record-change.ts';
import type { RestoreContext } from './restore-context.ts';
import { rulesFor } from './stage-entry.ts';

const syncDescriptor = promisify(fsync);

interface OpenedDirectory {
  readonly item: PlanItem;
  readonly directory: PlanDirectory;
  readonly n: number;
}

/**
 * Gives directories their metadata once everything in them is in place, deepest first: putting an entry in moves their
 * times, and a mode may forbid it.
 */
export class DirectoryFinisher {
  readonly #context: RestoreContext;
  #open: OpenedDirectory[] = [];
  #left: OpenedDirectory[] = [];
  /** Directories whose times must be set again after something more happened in them. */
  readonly #finished = new Set<PlanDirectory>();

  constructor(context: RestoreContext) {
    this.#context = context;
  }

  /** The directory is there and gets its metadata when it is left. */
  opened(item: PlanItem, n: number): void {
    const directory = item.name.length === 0 ? item.in : item.directory;
    if (directory) this.#open.push({ item, directory, n });
  }

  /** It has its metadata already, with everything in it. */
  finished(directory: PlanDirectory): void {
    this.#finished.add(directory);
  }

  /** Everything up to a number is in place: directories that none of the items to come next is inside of are left. */
  leave(upTo: number, next: readonly PlanItem[]): void {
    const stay: OpenedDirectory[] = [];
    for (const opened of this.#open) {
      const isOver = opened.n <= upTo && !next.some((item) => isWithin(item.in, opened.directory));
      (isOver ? this.#left : stay).push(opened);
    }
    this.#open = stay;
  }

  leaveAll(): void {
    this.leave(Number.MAX_SAFE_INTEGER, []);
  }

  async finishLeft(): Promise<void> {
    const left = this.#left.sort((a, b) => stepsTo(b.directory).length - stepsTo(a.directory).length);
    this.#left = [];
    for (const opened of left) {
      try {
        await this.#finish(opened);
      } catch (error) {
        listOrEnd(this.#context, opened.item, error);
      }
    }
  }

  /** Times again, after deletions or asides moved them; deepest first. `all`: also directories that were only passed. */
  setTimesAgain(touched: Iterable<PlanDirectory>, all: boolean): void {
    const { target } = this.#context;
    const again = [...new Set(touched)].filter((directory) => directory.node && (all || this.#finished.has(directory)));
    for (const directory of again.sort((a, b) => stepsTo(b).length - stepsTo(a).length)) {
      try {
        const node = directory.node;
        if (node) target.ops.setTimes(target.open(directory), node.atimeNs, node.mtimeNs);
      } catch (error) {
        if (!hasCode(error, 'EPERM', 'EACCES', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EBADF')) throw error;
      }
    }
  }

  async #finish({ item, directory, n }: OpenedDirectory): Promise<void> {
    const { target, warnings } = this.#context;
    const { node } = directory;
    const fd = target.ops.openSync(
      `/proc/self/fd/${target.open(directory)}`,
      constants.O_RDONLY | constants.O_DIRECTORY,
    );
    try {
      if (node) {
        const now = foundOf(target.ops.fstatSync(fd));
        if (item.action === 'metadata') {
          const expected = this.#context.expected(item);
          if (!expected || !isSameVersion(expected, now)) {
            warnings.add(item.in.snapshotPath, 'It is another folder than planned; its attributes were left alone.');
            return;
          }
        }
        applyMetadata(target.ops, { at: fd, uid: now.uid, gid: now.gid }, node, rulesFor(this.#context, item));
        if (item.action === 'metadata')
          recordPlaced(this.#context, item, n, 'metadata', foundOf(target.ops.fstatSync(fd)));
      }
      this.#finished.add(directory);
      if (this.#context.durability.isWhole(directory)) this.#context.durability.touch(directory);
      else await syncDescriptor(fd);
    } finally {
      target.ops.closeSync(fd);
    }
  }
}

function isWithin(directory: PlanDirectory, outer: PlanDirectory): boolean {
  for (let at: PlanDirectory | null = directory; at; at = at.parent) if (at === outer) return true;
  return false;
}
