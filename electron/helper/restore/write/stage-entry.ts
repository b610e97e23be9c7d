import { constants } from 'node:fs';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { SpecialKind } from '../../system/special-files.ts';
import { itemPath, type PlanItem } from '../plan/plan-item.ts';
import { applyMetadata } from './apply-metadata.ts';
import type { LossKind } from './entry-warnings.ts';
import type { RestoreContext } from './restore-context.ts';
import { writeContent } from './write-content.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** An entry complete under its temporary name. */
export interface StagedEntry {
  readonly item: PlanItem;
  readonly node: TreeNode;
  readonly temp: Buffer;
  /** Open until it is synced; null for what has no content of its own. */
  fd: number | null;
  readonly deviceId: bigint;
  readonly inode: bigint;
  readonly blobLengths: readonly number[];
}

/** Makes the entry beside its place, with everything set. Whatever fails, no temporary file stays. */
export async function stageEntry(
  context: RestoreContext,
  item: PlanItem,
  node: TreeNode,
  temp: Buffer,
): Promise<StagedEntry> {
  context.durability.foresee(item.in);
  return node.type === 'file' ? stageFile(context, item, node, temp) : stageOther(context, item, node, temp);
}

async function stageFile(context: RestoreContext, item: PlanItem, node: TreeNode, temp: Buffer): Promise<StagedEntry> {
  const { target, source, zeros, signal, report } = context;
  const { ops } = target;
  const path = itemPath(item);
  const fd = ops.openSync(target.entry(item.in, temp), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const onBytes = (bytes: number): void => report.advance(0, bytes, path);
    const { length, blobLengths } = await writeContent(ops, fd, node.content ?? [], source, zeros, signal, onBytes);
    if (BigInt(length) !== node.size) throw wrongLength(path, length, node);
    const { uid, gid, dev, ino } = ops.fstatSync(fd);
    applyMetadata(ops, { at: fd, uid: Number(uid), gid: Number(gid) }, node, rulesFor(context, item));
    return { item, node, temp, fd, deviceId: dev, inode: ino, blobLengths };
  } catch (error) {
    ops.closeSync(fd);
    discardTemp(context, item, temp);
    throw error;
  }
}

function stageOther(context: RestoreContext, item: PlanItem, node: TreeNode, temp: Buffer): StagedEntry {
  const { target } = context;
  const { ops } = target;
  const path = target.entry(item.in, temp);
  make(context, path, node);
  try {
    const { uid, gid, dev, ino } = ops.lstatSync(path);
    applyMetadata(ops, { at: path, uid: Number(uid), gid: Number(gid) }, node, rulesFor(context, item));
    return { item, node, temp, fd: null, deviceId: dev, inode: ino, blobLengths: [] };
  } catch (error) {
    discardTemp(context, item, temp);
    throw error;
  }
}

const specialKinds: Partial<Record<TreeNode['type'], SpecialKind>> = {
  fifo: 'fifo',
  socket: 'socket',
  chardev: 'character-device',
  dev: 'block-device',
};

function make({ target }: RestoreContext, path: Buffer, node: TreeNode): void {
  if (node.type === 'symlink') {
    const link = node.linkTarget ?? Buffer.alloc(0);
    if (link.length === 0 || link.includes(0)) throw badLink(node);
    target.ops.symlinkSync(link, path);
    return;
  }
  const kind = specialKinds[node.type];
  if (!kind) throw new Error(`an entry of type ${node.type} cannot be staged`);
  target.ops.makeSpecialFile(path, kind, 0o600, node.device);
}

export function rulesFor({ abilities, warnings }: RestoreContext, item: PlanItem) {
  return { ...abilities, onLoss: (kind: LossKind) => warnings.lose(kind, itemPath(item)) };
}

/** Removes a temporary file of ours; that it is gone already is as good. */
export function discardTemp({ target }: RestoreContext, item: PlanItem, temp: Buffer): void {
  try {
    target.ops.unlinkSync(target.entry(item.in, temp));
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
  }
}

function wrongLength(path: string, length: number, node: TreeNode): StillpointError {
  return new StillpointError({
    kind: 'repository-damaged',
    message: `The content of ${path} has ${length} bytes in the repository, and should have ${node.size}.`,
    guidance: 'Run a full check of this repository to see which snapshots are affected.',
  });
}

function badLink(node: TreeNode): StillpointError {
  return new StillpointError({
    kind: 'repository-damaged',
    message: `The stored link ${JSON.stringify(node.name.toString())} leads nowhere.`,
    guidance: 'Run a full check of this repository to see which snapshots are affected.',
  });
}
