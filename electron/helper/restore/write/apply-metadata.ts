import { permissionsOfGoMode } from '../../repository/format/modes.ts';
import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { type AttributeRules, isOurs, ownAttributes } from '../target/attributes.ts';
import type { LossKind } from './entry-warnings.ts';

/** Setuid and setgid: without the right owner they would give somebody else's rights away. */
const setIdBits = 0o6000;

export interface MetadataTarget {
  /** An open descriptor, or a path whose last component is not followed. */
  readonly at: number | Buffer;
  readonly uid: number;
  readonly gid: number;
}

export interface MetadataRules extends AttributeRules {
  readonly onLoss: (kind: LossKind) => void;
}

export type NodeMetadata = Pick<
  TreeNode,
  'type' | 'mode' | 'uid' | 'gid' | 'atimeNs' | 'mtimeNs' | 'extendedAttributes'
>;

/**
 * Sets what the node says in the order that survives: owner first (it clears set-id marks and capabilities), then
 * attributes and access lists, then the mode, times last. What cannot be set is told, and the rest is set all the same.
 */
export function applyMetadata(ops: FileOps, target: MetadataTarget, node: NodeMetadata, rules: MetadataRules): void {
  const hasOwner = setOwner(ops, target, node, rules);
  setAttributes(ops, target.at, node, rules);
  if (node.type !== 'symlink') setMode(ops, target.at, node, hasOwner, rules);
  attempt('times', rules, () => ops.setTimes(target.at, node.atimeNs, node.mtimeNs));
}

function setOwner(ops: FileOps, { at, uid, gid }: MetadataTarget, node: NodeMetadata, rules: MetadataRules): boolean {
  if (uid === node.uid && gid === node.gid) return true;
  const chown = (toUid: number, toGid: number): void =>
    typeof at === 'number' ? ops.fchownSync(at, toUid, toGid) : ops.lchownSync(at, toUid, toGid);
  try {
    chown(node.uid, node.gid);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    rules.onLoss('owner');
  }
  // A group one belongs to can be set without any right.
  if (gid !== node.gid) ignoringRefusal(() => chown(uid, node.gid));
  return false;
}

function setAttributes(ops: FileOps, at: number | Buffer, node: NodeMetadata, rules: MetadataRules): void {
  const wanted = node.extendedAttributes ?? [];
  let isComplete = true;
  // What a default access list of the folder, or an earlier version, put there.
  for (const name of ownAttributes(ops, at, rules)) {
    if (!wanted.some((attribute) => attribute.name === name))
      isComplete = ignoringRefusal(() => ops.removeXattr(at, name)) && isComplete;
  }
  for (const { name, value } of wanted) {
    if (isOurs(name, rules)) isComplete = ignoringRefusal(() => ops.setXattr(at, name, value)) && isComplete;
    else if (!rules.isPrivileged && isOurs(name, { isPrivileged: true })) isComplete = false;
  }
  if (!isComplete) rules.onLoss('attributes');
}

function setMode(ops: FileOps, at: number | Buffer, node: NodeMetadata, hasOwner: boolean, rules: MetadataRules): void {
  const wanted = permissionsOfGoMode(node.mode);
  const mode = hasOwner ? wanted : wanted & ~setIdBits;
  if (mode !== wanted) rules.onLoss('set-id');
  attempt('mode', rules, () => (typeof at === 'number' ? ops.fchmodSync(at, mode) : ops.setModeNoFollow(at, mode)));
}

function attempt(kind: LossKind, rules: MetadataRules, work: () => void): void {
  if (!ignoringRefusal(work)) rules.onLoss(kind);
}

/** False when the filesystem or our rights refuse it. Anything else goes on. */
function ignoringRefusal(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** ENOSPC, ERANGE and E2BIG: the room a filesystem has for attributes, not for files. */
function isRefusal(error: unknown): boolean {
  return hasCode(
    error,
    'EPERM',
    'EACCES',
    'ENOTSUP',
    'EINVAL',
    'ENOSYS',
    'ENOSPC',
    'ERANGE',
    'E2BIG',
    'ENODATA',
    'EOVERFLOW',
  );
}
