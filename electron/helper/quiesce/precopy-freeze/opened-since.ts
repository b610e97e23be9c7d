import { close } from 'node:fs';
import { eventBits, forEachInodeEvent, type InodeGroup, longestInodeEventBytes } from '../../system/fanotify/index.ts';
import { mountOfDescriptor } from '../../system/mounts.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { openFilesystemOpenedGroup } from '../tracking/open-group.ts';

const bufferBytes = 64 * 1024;

export interface OpenedFiles {
  readonly all: ReadonlySet<HandleKey>;
  /**
   * What this process opened itself left out: it reads, and where it writes (a restore) it does so in ways that are over when
   * the call is, and told.
   */
  readonly byOthers: ReadonlySet<HandleKey>;
}

/**
 * Which files were opened since it began: whoever can write at a moment either had the file open before, and was found by a
 * look at /proc that began later than this, or is told here. Meant for the second around a hold.
 */
export class OpenedSince implements AsyncDisposable {
  readonly #group: InodeGroup;
  readonly #buffer = Buffer.alloc(bufferBytes);
  #problem: string | null = null;
  #isOpen = true;

  constructor(group: InodeGroup) {
    this.#group = group;
  }

  /** `fd` is of the filesystem. Throws as fanotify_init(2), fanotify_mark(2). */
  static on(fd: number): OpenedSince {
    return new OpenedSince(openFilesystemOpenedGroup(fd, mountOfDescriptor(fd)));
  }

  /** Why something may not have been told, for people; null when everything was. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Everything opened since the last call. Waits for nobody: also for use while frozen. */
  drain(): OpenedFiles {
    const all = new Set<HandleKey>();
    const byOthers = new Set<HandleKey>();
    for (;;) {
      const length = this.#group.read(this.#buffer);
      forEachInodeEvent(this.#buffer, length, (mask, handle, pid) => {
        if (handle !== null) {
          all.add(handle as HandleKey);
          if (pid !== process.pid) byOthers.add(handle as HandleKey);
        } else if ((mask & (eventBits.queueOverflow | eventBits.open)) !== 0)
          this.#problem = 'More files were opened at once than the kernel could remember.';
      });
      if (length <= bufferBytes - longestInodeEventBytes) return { all, byOthers };
    }
  }

  /** On a thread of the pool: the kernel waits for everybody who may be telling of something just then, tens of ms. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await new Promise<void>((resolve) => close(this.#group.fd, () => resolve()));
  }
}
