import { hasCode } from '../../system/errno.ts';
import type { Found, PlanItem } from '../plan/plan-item.ts';
import { foundOf, isSameVersion } from '../target/found.ts';
import type { RestoreContext } from './restore-context.ts';
import { discardTemp } from './stage-entry.ts';

/** What became of an entry: it is there now as `found`, or it was left because something else is there than planned. */
export type Placed = { readonly found: Found } | 'changed';

/**
 * Puts a finished temporary entry in its place, by a rename that replaces or a link that does not. The look and the
 * rename are two calls without anything in between; no call of the kernel does both for every filesystem.
 */
export function placeEntry(context: RestoreContext, item: PlanItem, temp: Buffer): Placed {
  const { target } = context;
  const from = target.entry(item.in, temp);
  const to = target.entry(item.in, item.name);
  const now = target.lookAt(item.in, item.name);
  if (now === null) {
    if (!linkInto(context, from, to)) return 'changed';
  } else {
    if (!mayReplace(context, item, now)) return 'changed';
    target.ops.renameSync(from, to);
    // A rename between two names of one inode does nothing, and leaves both.
    discardTemp(context, item, temp);
  }
  return { found: foundOf(target.ops.lstatSync(to)) };
}

/** Whether what is there now is the version that is kept safe (or that was planned, where that was refused). */
export function mayReplace(context: RestoreContext, item: PlanItem, now: Found): boolean {
  if (item.action === 'add') return false;
  const expected = context.expected(item);
  return expected !== undefined && expected !== null && isSameVersion(expected, now);
}

/** Gives the entry its name without ever replacing anything. False when something is there by now. */
function linkInto({ target }: RestoreContext, from: Buffer, to: Buffer): boolean {
  const { ops } = target;
  try {
    ops.linkSync(from, to);
    ops.unlinkSync(from);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK')) throw error;
  }
  // A filesystem without hard links (FAT): nothing was there a moment ago.
  if (ops.lstatIfThere(to)) return false;
  ops.renameSync(from, to);
  return true;
}
