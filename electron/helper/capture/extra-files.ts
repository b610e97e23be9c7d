import type { BlobId } from '../../../shared/domain/ids.ts';
import { goModeOfStat, type TreeNode } from '../repository/index.ts';
import type { AddFiles } from './contract.ts';

const fileMode = 0o100600;
const directoryMode = 0o040700;

/**
 * Hangs further files into a finished tree. Their metadata is always the same (root's, private, dated 1970), so that
 * equal content makes an equal tree. They win over an entry of the source at exactly their path; what is beside stays.
 */
export const addFiles: AddFiles = async (store, rootTree, files) => {
  let tree = rootTree;
  for (const { path, content } of files) {
    const names = path.split('/').filter((name) => name.length > 0);
    tree = (await store.saveTree(await place(await store.loadTree(tree), names, content))).id;
  }
  return tree;

  async function place(among: readonly TreeNode[], names: readonly string[], content: Uint8Array): Promise<TreeNode[]> {
    const [name = '', ...below] = names;
    const key = Buffer.from(name);
    const others = among.filter((node) => !node.name.equals(key));
    if (below.length === 0) return [...others, await fileNode(key, content)];
    const existing = among.find((node) => node.name.equals(key));
    const children = existing?.subtree ? await store.loadTree(existing.subtree) : [];
    const { id } = await store.saveTree(await place(children, below, content));
    return [...others, directoryNode(key, id, existing?.subtree ? existing : undefined)];
  }

  async function fileNode(name: Buffer, content: Uint8Array): Promise<TreeNode> {
    const size = BigInt(content.length);
    const plain = { ...plainNode(name, 'file', fileMode), size, links: 1n };
    if (content.length === 0) return { ...plain, content: [] };
    return { ...plain, content: [(await store.saveData(content)).id] };
  }
};

function directoryNode(name: Buffer, subtree: BlobId, existing: TreeNode | undefined): TreeNode {
  return { ...(existing ?? plainNode(name, 'dir', directoryMode)), subtree };
}

function plainNode(name: Buffer, type: 'file' | 'dir', mode: number): TreeNode {
  return {
    name,
    type,
    mode: goModeOfStat(mode),
    mtimeNs: 0n,
    atimeNs: 0n,
    ctimeNs: 0n,
    uid: 0,
    gid: 0,
    inode: 0n,
    deviceId: 0n,
    size: 0n,
    links: 0n,
    device: 0n,
  };
}
