import { linkNew } from '../../system/rename-new.ts';
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
    if (!linkNew(target.ops, from, to)) return 'changed';
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
