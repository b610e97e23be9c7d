import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { TreeNode } from './node.ts';
import { decodeTree } from './tree.ts';
import { TreeText } from './tree-text.ts';

/** Decoded at once a longer listing takes several times as much memory. */
const longestAtOnce = 1024 * 1024;

/**
 * The nodes of a stored directory, each forgotten when the next is asked for where there are many. All of them were decoded
 * before the first is given: `repository-damaged`, as `decodeTree`, before anything was made of it.
 */
export function nodesOf(id: BlobId, bytes: Buffer): Iterable<TreeNode> {
  const text = bytes.length > longestAtOnce ? TreeText.of(id, bytes) : undefined;
  return text !== undefined && isAscending(text) ? eachOf(text) : decodeTree(bytes).nodes;
}

function isAscending(text: TreeText): boolean {
  let before: Buffer | undefined;
  for (const { name } of eachOf(text)) {
    if (before !== undefined && Buffer.compare(before, name) >= 0) return false;
    before = name;
  }
  return true;
}

function* eachOf(text: TreeText): Generator<TreeNode, void, undefined> {
  for (let at = 0; at < text.size; at += 1) yield text.nodeAt(at);
}
