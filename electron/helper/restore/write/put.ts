import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import { recordOfFound } from '../journal/found-record.ts';
import { itemPath, type PlanItem, pathBelowRoot, stepsToItem } from '../plan/plan-item.ts';
import type { LinkSource } from './hard-links.ts';
import type { RestoreContext } from './restore-context.ts';
import { discardTemp, type StagedEntry } from './stage-entry.ts';

/** One entry on its way into place. */
export interface Put {
  readonly item: PlanItem;
  readonly n: number;
  readonly temp: Buffer;
  node: TreeNode | null;
  link: LinkSource | null;
  staged: StagedEntry | null;
  /** A thread makes it, or made something of it. */
  isOnItsWay: boolean;
  /** A thread is to make it. */
  isDue: boolean;
}

/** An entry with its line in the journal, which whoever asked makes durable. */
export function newPut({ journal, tempPrefix, rootNumbers }: RestoreContext, item: PlanItem, n: number): Put {
  const temp = Buffer.from(`${tempPrefix}-${n}`);
  const root = rootNumbers.get(item.in.root) ?? 0;
  const path = pathBelowRoot(stepsToItem(item));
  const was = item.now && recordOfFound(item.now);
  journal.append({ record: 'put', n, root, path, temp: item.type === 'dir' ? null : temp.toString(), was });
  return { item, n, temp, node: null, link: null, staged: null, isOnItsWay: false, isDue: false };
}

/** The inode that will be in place: made for it, that of the name it is linked to, or the one that is there already. */
export function readyOf({ item, staged, link }: Put): { readonly deviceId: bigint; readonly inode: bigint } | null {
  if (staged) return staged;
  if (link) return link.found ?? link.made;
  return isSetInPlace(item) ? item.now : null;
}

/** Content is right and nothing else shares it: the metadata is set where the file is. */
export function isSetInPlace(item: PlanItem): boolean {
  return item.action === 'metadata' && item.type === 'file';
}

/** A further name of an inode that is in place, under the temporary name. False when it must be written by itself. */
export function linkTemp(context: RestoreContext, put: Put, source: LinkSource): boolean {
  const { target, warnings } = context;
  const { item, temp } = put;
  if (!source.found) return false;
  const path = target.entry(item.in, temp);
  try {
    target.ops.linkSync(target.entry(source.item.in, source.item.name), path);
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EXDEV', 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
    warnings.lose('hard-link', itemPath(item));
    return false;
  }
  const { dev, ino } = target.ops.lstatSync(path);
  if (dev === source.found.deviceId && ino === source.found.inode) return true;
  // Somebody replaced the first name meanwhile: what it leads to now is not ours to spread.
  discardTemp(context, item, temp);
  return false;
}
