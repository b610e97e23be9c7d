import { changeMark, closeGroup, initGroup, readEvents } from './calls.ts';
import { eventBits, initFlags, markFlags } from './constants.ts';

/** Everything that changes content, metadata or names; in each event the inode it happened to, and no more. */
const changes =
  eventBits.modify |
  eventBits.closeWrite |
  eventBits.attrib |
  eventBits.create |
  eventBits.delete |
  eventBits.movedFrom |
  eventBits.movedTo |
  eventBits.moveSelf |
  eventBits.filesystemError |
  eventBits.onDirectory;

/** Longer than any event of such a group: head, one handle of 128 bytes, an error. */
export const longestInodeEventBytes = 512;

/**
 * What changes on the whole filesystem that `fd` lies on, by whichever mount. Only inodes are reported, no names: what
 * happens to one inode merges to one event in the queue, whatever it is called (a name of its own would keep events
 * apart). Needs CAP_SYS_ADMIN in the first user namespace and Linux 5.17. EPERM, EINVAL, ENODEV, EXDEV, EOPNOTSUPP as
 * fanotify_init(2), fanotify_mark(2).
 */
export interface InodeGroup extends Disposable {
  /** For poll(2) and /proc/self/fdinfo. */
  readonly fd: number;
  /** Bytes of whole events; 0 when none waits. A read that leaves room for a longest event emptied the queue. */
  read(into: Buffer): number;
}

export interface InodeGroupOptions {
  /** Tests only: at most as many events as the system allows, then an overflow. */
  readonly limitedQueue?: boolean;
}

export function openInodeGroup(fd: number, { limitedQueue = false }: InodeGroupOptions = {}): InodeGroup {
  const flags = initFlags.closeOnExec | initFlags.nonBlocking | initFlags.unlimitedMarks | initFlags.reportInode;
  const group = initGroup(flags | (limitedQueue ? 0 : initFlags.unlimitedQueue));
  try {
    changeMark(group, markFlags.add | markFlags.filesystem, changes, fd);
  } catch (error) {
    closeGroup(group);
    throw error;
  }
  return {
    fd: group,
    read: (into) => readEvents(group, into),
    [Symbol.dispose]: () => closeGroup(group),
  };
}
