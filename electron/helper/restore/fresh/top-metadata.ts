import { constants } from 'node:fs';
import { z } from 'zod';
import { permissionsOfGoMode, type TreeNode } from '../../repository/index.ts';
import type { PlanDirectory } from '../plan/plan-item.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { applyMetadata } from '../write/apply-metadata.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** What the top of a tree gets when it has its name, as the journal has it: values of attributes in base64. */
export const topMetadataSchema = z.object({
  mode: z.number().int(),
  uid: z.number().int(),
  gid: z.number().int(),
  atimeNs: z.string(),
  mtimeNs: z.string(),
  attributes: z.array(z.tuple([z.string(), z.string()])),
});
export type TopMetadata = z.infer<typeof topMetadataSchema>;

export function topMetadataOf({ mode, uid, gid, atimeNs, mtimeNs, extendedAttributes = [] }: TreeNode): TopMetadata {
  const attributes = extendedAttributes.map(({ name, value }): [string, string] => [name, value.toString('base64')]);
  return { mode, uid, gid, atimeNs: String(atimeNs), mtimeNs: String(mtimeNs), attributes };
}

/**
 * For a tree that got its name in a run that ended before it was said: its top gets what it may not have got yet. One that
 * somebody gave other rights since is left as it is.
 */
export function finishTop(target: TargetTree, directory: PlanDirectory, name: Buffer, inode: string, top: TopMetadata) {
  const { ops } = target;
  const fd = ops.openBeneath(target.open(directory), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const { ino, mode, uid, gid } = ops.fstatSync(fd);
    if (String(ino) !== inode || ![0o700, permissionsOfGoMode(top.mode)].includes(Number(mode & 0o7777n))) return;
    const node = {
      ...({ type: 'dir', mode: top.mode, uid: top.uid, gid: top.gid } as const),
      ...{ atimeNs: BigInt(top.atimeNs), mtimeNs: BigInt(top.mtimeNs) },
      extendedAttributes: top.attributes.map(([key, value]) => ({ name: key, value: Buffer.from(value, 'base64') })),
    };
    const rules = { isPrivileged: true, onLoss: () => {} };
    applyMetadata(ops, { at: fd, uid: Number(uid), gid: Number(gid) }, node, rules);
    ops.fsyncSync(fd);
  } finally {
    ops.closeSync(fd);
  }
}
