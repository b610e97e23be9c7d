import { closeSync, constants, readSync } from 'node:fs';
import { hasCode } from '../../../system/errno.ts';
import { openAt } from '../../../system/open-at.ts';
import { type Statx, statxAt, statxDescriptor } from '../../../system/statx.ts';

export const cacheTagName = 'CACHEDIR.TAG';

/** What the file begins with. Source: https://bford.info/cachedir/ */
const signature = Buffer.from('Signature: 8a477f597d28d172789f06886806bc55');

export const cacheTagBytes = signature.length;

/** Whether these are the first bytes of a file that marks its folder as a cache. */
export function isCacheTag(start: Uint8Array): boolean {
  return start.length >= cacheTagBytes && signature.equals(start.subarray(0, cacheTagBytes));
}

const { O_RDONLY, O_NOATIME, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, S_IFMT, S_IFREG } = constants;
const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
const name = Buffer.from(cacheTagName);

/**
 * Reads the marks of folders, each once as long as it does not change: a walk while something is frozen finds them known
 * from the walks before. Even where it does not it waits for nobody: reading is allowed on a frozen filesystem, no time of
 * access is moved, and what was opened is closed in the next turn of the event loop, which comes after the thaw.
 */
export class CacheTags {
  readonly #known = new Map<bigint, { readonly ctimeNs: bigint; readonly size: bigint; readonly isTag: boolean }>();
  readonly #toClose: number[] = [];

  /**
   * Whether the open folder holds a file that marks it. What cannot be read marks nothing: then everything is kept.
   * `isBeyond` tells files that another filesystem has put there, which are not touched.
   */
  isTagged(dirFd: number, isBeyond: (stat: Statx) => boolean): boolean {
    try {
      const stat = statxAt(dirFd, name);
      if (!isRegular(stat) || stat.size < BigInt(cacheTagBytes) || isBeyond(stat)) return false;
      const known = this.#known.get(stat.inode);
      if (known?.ctimeNs === stat.ctimeNs && known.size === stat.size) return known.isTag;
      const isTag = this.#read(dirFd);
      this.#known.set(stat.inode, { ctimeNs: stat.ctimeNs, size: stat.size, isTag });
      return isTag;
    } catch (error) {
      if (hasCode(error, 'EMFILE', 'ENFILE', 'ENOMEM') || !(error instanceof Error && 'code' in error)) throw error;
      return false;
    }
  }

  #read(dirFd: number): boolean {
    const fd = openQuietly(dirFd);
    this.#closeLater(fd);
    if (!isRegular(statxDescriptor(fd))) return false;
    const start = Buffer.alloc(cacheTagBytes);
    let length = 0;
    while (length < start.length) {
      const count = readSync(fd, start, length, start.length - length, length);
      if (count === 0) return false;
      length += count;
    }
    return isCacheTag(start);
  }

  /** With the tree, so that a disk can be unmounted as soon as nobody walks it any more. */
  close(): void {
    for (const fd of this.#toClose.splice(0)) closeSync(fd);
  }

  #closeLater(fd: number): void {
    if (this.#toClose.push(fd) === 1) setImmediate(() => this.close());
  }
}

function openQuietly(dirFd: number): number {
  try {
    return openAt(dirFd, name, flags | O_NOATIME);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) throw error;
    return openAt(dirFd, name, flags);
  }
}

function isRegular(stat: Statx): boolean {
  return (stat.mode & S_IFMT) === S_IFREG;
}
