import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import type { SnapshotSource } from '../snapshot-source.ts';
import type { TargetTree } from '../target/target-tree.ts';
import type { PlanItem } from './plan-item.ts';
import type { StoredTree } from './stored-tree.ts';

/** Longest text that is compared, in bytes. */
const longestText = 256 * 1024;

/** The file as it is stored, as text; null where there is none, or it is not text, or it is too long. */
export async function storedText(item: PlanItem, tree: StoredTree, source: SnapshotSource): Promise<string | null> {
  if (item.type !== 'file' || item.action === 'delete' || !item.in.tree) return null;
  const node = await tree.find(item.in.tree, item.name);
  if (!node?.content || node.size > longestText) return null;
  const parts: Uint8Array[] = [];
  for (const id of node.content) parts.push(await source.loadData(id));
  return asText(Buffer.concat(parts));
}

/** The file as it is at the target now, under the same conditions. */
export function presentText(item: PlanItem, target: TargetTree): string | null {
  if (item.now?.type !== 'file' || item.now.size > longestText) return null;
  const { O_NOFOLLOW, O_NONBLOCK, O_NOCTTY, O_RDONLY } = constants;
  const { ops } = target;
  try {
    const fd = ops.openSync(target.entry(item.in, item.name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    try {
      const buffer = Buffer.alloc(longestText + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read) {
        read = ops.readSync(fd, buffer, length, buffer.length - length, length);
      }
      return asText(buffer.subarray(0, length));
    } finally {
      ops.closeSync(fd);
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENXIO')) return null;
    throw error;
  }
}

function asText(bytes: Buffer): string | null {
  if (bytes.length > longestText || bytes.includes(0) || !isUtf8(bytes)) return null;
  return bytes.toString('utf8');
}
