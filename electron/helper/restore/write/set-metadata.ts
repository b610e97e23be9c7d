import { constants } from 'node:fs';
import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { PlanItem } from '../plan/plan-item.ts';
import { foundOf } from '../target/found.ts';
import { applyMetadata } from './apply-metadata.ts';
import { mayReplace, type Placed } from './place-entry.ts';
import type { RestoreContext } from './restore-context.ts';
import { rulesFor } from './stage-entry.ts';

const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * Sets the metadata of a file that is there with the right content. Through a descriptor, on exactly the version that
 * was seen, and never on an inode with further names: one of them may lie outside the target.
 */
export function setFileMetadata(context: RestoreContext, item: PlanItem, node: TreeNode): Placed {
  const { ops } = context.target;
  const path = context.target.entry(item.in, item.name);
  let fd: number | null = null;
  try {
    fd = ops.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    // Our own file that we may not read: the kernel checks our rights on every single call.
    if (!hasCode(error, 'EACCES', 'EPERM') || context.abilities.isPrivileged) throw error;
  }
  try {
    const now = foundOf(fd === null ? ops.lstatSync(path) : ops.fstatSync(fd));
    if (!mayReplace(context, item, now) || now.links > 1n) return 'changed';
    applyMetadata(ops, { at: fd ?? path, uid: now.uid, gid: now.gid }, node, rulesFor(context, item));
    return { found: foundOf(fd === null ? ops.lstatSync(path) : ops.fstatSync(fd)) };
  } finally {
    if (fd !== null) ops.closeSync(fd);
  }
}
