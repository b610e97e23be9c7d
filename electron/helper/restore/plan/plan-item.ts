import type { BlobId } from '../../../../shared/domain/ids.ts';
import { joinSnapshotPath } from '../../../../shared/domain/path-text.ts';
import type { PlanAction } from '../../../../shared/domain/restore.ts';
import type { NodeType } from '../../../../shared/domain/snapshot.ts';
import { quoteName, type TreeNode } from '../../repository/index.ts';

/** An existing directory that everything is reached from, by descriptor; nothing of the restore happens outside it. */
export interface TargetRoot {
  /** Canonical: no component of it is a symlink. */
  readonly path: Buffer;
  readonly deviceId: bigint;
  readonly inode: bigint;
}

/** One directory at the target, there or to be made. */
export interface PlanDirectory {
  readonly root: TargetRoot;
  /** Null for the root itself. */
  readonly parent: PlanDirectory | null;
  /** Changes only when the directory is moved aside. */
  name: Buffer;
  // One that is on the way to a place may turn out to be a place itself: there is one object for each directory.
  /** Quoted path in the snapshot that this directory stands for. */
  snapshotPath: string;
  /** Where the entries to put into it are found; null where nothing is put in. */
  tree: BlobId | null;
  /** Metadata it had; null where the snapshot knows none. */
  node: TreeNode | null;
}

/** What lies at a place now. Enough to tell later whether it is still the same version. */
export interface Found {
  readonly type: NodeType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly deviceId: bigint;
  readonly inode: bigint;
  readonly links: bigint;
  readonly rdev: bigint;
}

export interface PlanItem {
  readonly in: PlanDirectory;
  /** Empty for the root directory itself. */
  readonly name: Buffer;
  readonly action: PlanAction;
  readonly type: NodeType;
  readonly stored: { readonly size: number; readonly mtimeNs: bigint; readonly links: bigint } | null;
  readonly now: Found | null;
  /** The item as a directory: one to put entries into, or one that is there now and goes, with what is in it. */
  readonly directory: PlanDirectory | null;
  /** Something of another kind is in the way. */
  readonly isTypeChange: boolean;
  /** A folder on the way to the target that the snapshot does not know, where nothing is: made, and not shown as an entry. */
  readonly isHidden: boolean;
  /** Deletions inside a directory that is replaced: only once that item has moved the directory aside. */
  readonly insideOf: PlanItem | null;
}

export function itemPath(item: PlanItem): string {
  return item.name.length === 0 ? item.in.snapshotPath : joinSnapshotPath(item.in.snapshotPath, quoteName(item.name));
}

/** Names from the root down to a directory. */
export function stepsTo(directory: PlanDirectory): Buffer[] {
  const steps: Buffer[] = [];
  for (let at: PlanDirectory = directory; at.parent; at = at.parent) steps.push(at.name);
  return steps.reverse();
}

export function stepsToItem(item: PlanItem): Buffer[] {
  return item.name.length === 0 ? stepsTo(item.in) : [...stepsTo(item.in), item.name];
}

/** Names below the root, quoted and joined by `/`, beginning with one: how journals and records say it. */
export function pathBelowRoot(steps: readonly Buffer[]): string {
  return `/${steps.map((step) => quoteName(step)).join('/')}`;
}

/** Absolute path at the target, for messages and for the record; files are never reached by it. */
export function localPath(root: TargetRoot, steps: readonly Buffer[]): Buffer {
  const slash = Buffer.from('/');
  const start = root.path.equals(slash) ? Buffer.alloc(0) : root.path;
  const path = Buffer.concat([start, ...steps.flatMap((step) => [slash, step])]);
  return path.length === 0 ? slash : path;
}
