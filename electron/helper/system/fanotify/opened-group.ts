import { changeMark, closeGroup, initGroup, readEvents } from './calls.ts';
import { eventBits, initFlags, markFlags } from './constants.ts';
import type { InodeGroup } from './inode-group.ts';

/**
 * Which files are opened, in whatever mode, on the whole filesystem that `fd` lies on. Costs everybody who opens one about
 * a microsecond: for short times only. Needs CAP_SYS_ADMIN and Linux 5.1. Errors as `openInodeGroup`.
 */
export function openOpenedGroup(fd: number): InodeGroup {
  const flags = initFlags.closeOnExec | initFlags.nonBlocking | initFlags.unlimitedQueue | initFlags.unlimitedMarks;
  const group = initGroup(flags | initFlags.reportInode);
  try {
    changeMark(group, markFlags.add | markFlags.filesystem, eventBits.open, fd);
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
