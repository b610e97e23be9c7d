import type { TreeNode } from '../../repository/index.ts';
import type { Found, PlanItem } from '../plan/plan-item.ts';

/** The first name of an inode that is in place: further names are linked to it. */
export interface LinkSource {
  readonly item: PlanItem;
  readonly node: TreeNode;
  /** The version in place; null while it is still to come. */
  found: Found | null;
  /** What it is under its temporary name; null until that is there. */
  made: Pick<Found, 'deviceId' | 'inode'> | null;
}

/** Finds entries of a snapshot that shared one inode. */
export class HardLinks {
  readonly #first = new Map<string, LinkSource>();

  /**
   * The name to link to, or null when this is the first. Entries that claim one inode and differ in what they hold are
   * not linked: a tree may claim anything.
   */
  sourceFor(item: PlanItem, node: TreeNode): LinkSource | null {
    const key = keyOf(node);
    if (key === null) return null;
    const known = this.#first.get(key);
    if (known) return isSameInode(known.node, node) ? known : null;
    this.#first.set(key, { item, node, found: null, made: null });
    return null;
  }

  /** The entry is complete under its temporary name. */
  made(item: PlanItem, node: TreeNode, made: Pick<Found, 'deviceId' | 'inode'>): void {
    const key = keyOf(node);
    const known = key === null ? undefined : this.#first.get(key);
    if (known?.item === item) known.made = { deviceId: made.deviceId, inode: made.inode };
  }

  /** The entry is in place as this version: further names can be linked to it. */
  placed(item: PlanItem, node: TreeNode, found: Found): void {
    const key = keyOf(node);
    const known = key === null ? undefined : this.#first.get(key);
    if (known?.item === item) known.found = found;
  }

  /** The entry could not be put in place: the next name becomes the first. */
  failed(item: PlanItem, node: TreeNode): void {
    const key = keyOf(node);
    if (key !== null && this.#first.get(key)?.item === item) this.#first.delete(key);
  }
}

function keyOf(node: TreeNode): string | null {
  return node.links > 1n && node.type !== 'dir' && node.inode !== 0n ? `${node.deviceId}:${node.inode}` : null;
}

function isSameInode(one: TreeNode, other: TreeNode): boolean {
  const content = one.content ?? [];
  return (
    one.type === other.type &&
    one.mode === other.mode &&
    one.uid === other.uid &&
    one.gid === other.gid &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.device === other.device &&
    (one.linkTarget ?? Buffer.alloc(0)).equals(other.linkTarget ?? Buffer.alloc(0)) &&
    content.length === (other.content?.length ?? 0) &&
    content.every((id, index) => id === other.content?.[index])
  );
}
