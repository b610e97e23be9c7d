import { damaged, misuse } from '../failures.ts';
import { listField, parseObject } from './fields.ts';
import { quoteName } from './names.ts';
import { decodeNode, encodeNode, isFileName, type TreeNode } from './node.ts';

export interface Tree {
  /** Ascending by the bytes of the name, no name twice. */
  readonly nodes: readonly TreeNode[];
}

/** The blob of a directory. `nodes` may come in any order; they are stored by ascending bytes of the name. */
export function encodeTree(nodes: readonly TreeNode[]): Buffer {
  const sorted = inOrder(nodes);
  for (const node of sorted) {
    if (!isFileName(node.name)) throw misuse(`A tree cannot hold an entry named "${quoteName(node.name)}".`);
  }
  const twice = findDuplicate(sorted);
  if (twice) throw misuse(`A tree cannot hold two entries named "${quoteName(twice.name)}".`);
  let text = '{"nodes":[';
  for (const [index, node] of sorted.entries()) text += index === 0 ? encodeNode(node) : `,${encodeNode(node)}`;
  return Buffer.from(`${text}]}\n`, 'utf8');
}

/** Refuses a name that occurs twice: one of the two could be made to shadow the other during a restore. */
export function decodeTree(bytes: Uint8Array): Tree {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const nodes = inOrder(
    listField(parseObject(text, 'A directory listing'), 'nodes', 'A directory listing').map(decodeNode),
  );
  const twice = findDuplicate(nodes);
  if (twice) throw damaged(`A stored directory lists "${quoteName(twice.name)}" twice.`);
  return { nodes };
}

function inOrder(nodes: readonly TreeNode[]): readonly TreeNode[] {
  const ascending = nodes.every(
    (node, index) => index === 0 || Buffer.compare(nodeBefore(nodes, index).name, node.name) < 0,
  );
  return ascending ? nodes : [...nodes].sort((one, other) => Buffer.compare(one.name, other.name));
}

function findDuplicate(sorted: readonly TreeNode[]): TreeNode | undefined {
  return sorted.find((node, index) => index > 0 && nodeBefore(sorted, index).name.equals(node.name));
}

function nodeBefore(nodes: readonly TreeNode[], index: number): TreeNode {
  const node = nodes[index - 1];
  if (!node) throw misuse('There is no entry before the first.');
  return node;
}
