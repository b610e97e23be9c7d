import type { BlobId } from '../../../../shared/domain/ids.ts';
import { sha256 } from '../crypto/hash.ts';
import type { TreeNode } from '../format/node.ts';
import type { Repository } from '../repository.ts';

/** What must be equal after a restore, as plain text by path. Inode and change time are the filesystem's own. */
export async function describeTree(repository: Repository, root: BlobId): Promise<Record<string, string>> {
  const described: Record<string, string> = {};
  const firstOfInode = new Map<string, string>();
  for await (const { path, node } of repository.walk(root)) {
    const lines = [
      `${node.type} ${node.mode.toString(8)} ${node.uid}:${node.gid}`,
      `modified ${node.type === 'symlink' ? '-' : node.mtimeNs}`,
      `device ${node.device} target ${node.linkTarget?.toString('hex') ?? '-'}`,
      ...attributesOf(node),
    ];
    if (node.type === 'file') {
      const parts = await Promise.all((node.content ?? []).map((id) => repository.loadBlob('data', id)));
      const content = Buffer.concat(parts);
      lines.push(`content ${sha256(content)} ${content.length} of ${node.size}`);
      const identity = `${node.deviceId}:${node.inode}`;
      if (node.links > 1n) lines.push(`same as ${firstOfInode.get(identity) ?? 'none before'}`);
      if (!firstOfInode.has(identity)) firstOfInode.set(identity, path);
    }
    described[path] = lines.join('\n');
  }
  return described;
}

function attributesOf(node: TreeNode): string[] {
  const attributes = node.extendedAttributes ?? [];
  return attributes.map(({ name, value }) => `${name}=${value.toString('hex')}`).sort();
}
