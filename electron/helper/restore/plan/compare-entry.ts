import { permissionsOfGoMode, type TreeNode } from '../../repository/index.ts';
import type { Found } from './plan-item.ts';

export interface EntryToCompare {
  readonly node: TreeNode;
  readonly now: Found;
  /** Asked only when everything cheaper is equal. */
  readonly linkTarget: () => Buffer;
  readonly hasSameAttributes: () => boolean;
}

export interface CompareRules {
  /** Whether owners can be set at all; if not, a different owner is no reason to touch anything. */
  readonly ownersCount: boolean;
  /** Also what a restore that keeps everything leaves alone: times of directories, links and special files. */
  readonly everyTimeCounts: boolean;
}

export type Comparison = 'same' | 'metadata' | 'replace';

/**
 * What putting the node where `now` is would mean. Content of a file counts as equal when size and modification time
 * are; different metadata of a file with further names means replacing it, because writing through one name would change
 * what lies under the others, wherever they are.
 */
export function compareEntry(
  { node, now, linkTarget, hasSameAttributes }: EntryToCompare,
  rules: CompareRules,
): Comparison {
  if (node.type !== now.type) return 'replace';
  if (node.type === 'file' && (node.size !== now.size || node.mtimeNs !== now.mtimeNs)) return 'replace';
  if (node.type === 'symlink' && !linkTarget().equals(node.linkTarget ?? Buffer.alloc(0))) return 'replace';
  if ((node.type === 'dev' || node.type === 'chardev') && node.device !== now.rdev) return 'replace';
  const isEqual =
    (node.type === 'symlink' || permissionsOfGoMode(node.mode) === now.mode) &&
    (!rules.ownersCount || (node.uid === now.uid && node.gid === now.gid)) &&
    (!rules.everyTimeCounts || node.mtimeNs === now.mtimeNs) &&
    hasSameAttributes();
  if (isEqual) return 'same';
  return now.type !== 'dir' && now.links > 1n ? 'replace' : 'metadata';
}
