import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import type { XattrTarget } from '../../system/xattr.ts';

/** Attributes that belong to a file's content or rights; others (labels of the machine, of overlays) are its place's. */
const ours = ['user.', 'system.posix_acl_', 'security.capability', 'trusted.'];
/** XFS shows its own form of access lists a second time; setting it elsewhere would be a lie about rights. */
const notOurs = ['trusted.overlay.', 'trusted.SGI_ACL_'];

export interface AttributeRules {
  /** trusted.* and security.* can only be read and set with rights over the whole machine. */
  readonly isPrivileged: boolean;
}

export function isOurs(name: string, { isPrivileged }: AttributeRules): boolean {
  if (notOurs.some((start) => name.startsWith(start))) return false;
  if (!isPrivileged && (name.startsWith('trusted.') || name.startsWith('security.'))) return false;
  return ours.some((start) => name.startsWith(start));
}

/** Names of ours that are there. Empty where the filesystem has none. */
export function ownAttributes(ops: FileOps, target: XattrTarget, rules: AttributeRules): string[] {
  try {
    return ops
      .listXattrs(target)
      .map((name) => name.toString())
      .filter((name) => isOurs(name, rules));
  } catch (error) {
    if (hasCode(error, 'ENOTSUP', 'EPERM', 'EACCES')) return [];
    throw error;
  }
}

export function hasSameAttributes(ops: FileOps, target: XattrTarget, node: TreeNode, rules: AttributeRules): boolean {
  const wanted = (node.extendedAttributes ?? []).filter(({ name }) => isOurs(name, rules));
  const there = ownAttributes(ops, target, rules);
  if (wanted.length !== there.length) return false;
  return wanted.every(({ name, value }) => there.includes(name) && ops.getXattr(target, name)?.equals(value));
}
