import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { damaged } from '../failures.ts';
import { quoteName } from '../format/names.ts';
import type { TreeNode } from '../format/node.ts';
import type { Tree } from '../format/tree.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';

/** A snapshot, and the bits that mark what it needs. */
export interface Root {
  readonly snapshot: Snapshot;
  /** Of eight bits, one for each question that is asked in the same walk. */
  readonly bits: number;
}

export interface MarkOptions {
  readonly index: BlobIndex;
  readonly loadTree: (id: BlobId) => Promise<Tree>;
  readonly signal: AbortSignal | undefined;
  /** Snapshots gone through so far. */
  readonly onSnapshot: (done: number, total: number) => void;
}

/** A tree that is to be gone through. */
export interface Waiting {
  readonly tree: BlobId;
  /** `snapshot:path`, for people. */
  readonly where: string;
}

/**
 * One mark per index entry: the bits of every snapshot that needs it, all copies of a blob alike, so that a good copy is
 * never taken for superfluous beside a damaged one. A tree is gone through once for each new bit. `repository-damaged`,
 * naming snapshot and path, when anything that a snapshot needs is not in the index or cannot be read: what it needs is
 * then not known.
 */
export async function markUsed(roots: readonly Root[], options: MarkOptions): Promise<Uint8Array> {
  const { index, onSnapshot } = options;
  const marks = new Uint8Array(index.size);
  for (const [done, { snapshot, bits }] of [...roots].sort(mostBitsFirst).entries()) {
    onSnapshot(done, roots.length);
    await markBelow([treeOf(snapshot)], bits, marks, options);
  }
  onSnapshot(roots.length, roots.length);
  return marks;
}

export function treeOf({ id, tree }: Snapshot): Waiting {
  return { tree, where: `${id.slice(0, 8)}:` };
}

/**
 * Marks what waits and all below it. Ends early when it is told that it is enough: then every tree that is marked was gone
 * through, and what it holds is marked or waits.
 */
export async function markBelow(
  waiting: Waiting[],
  bits: number,
  marks: Uint8Array,
  { index, loadTree, signal }: Omit<MarkOptions, 'onSnapshot'>,
  isEnough: () => boolean = () => false,
): Promise<void> {
  const breather = new Breather();
  while (!isEnough()) {
    const next = waiting.pop();
    if (next === undefined) return;
    await breather.breathe(signal);
    if (!mark(index, marks, 'tree', next.tree, bits, next.where)) continue;
    for (const node of await nodesOf(next, loadTree)) {
      markContent(index, marks, node, bits, next.where);
      if (node.subtree) waiting.push({ tree: node.subtree, where: `${next.where}/${quoteName(node.name)}` });
    }
  }
}

/** Those that need most come first: what they share with others then needs no second walk. */
function mostBitsFirst(one: Root, other: Root): number {
  return bitCount(other.bits) - bitCount(one.bits);
}

function bitCount(bits: number): number {
  return bits === 0 ? 0 : (bits & 1) + bitCount(bits >> 1);
}

function markContent(index: BlobIndex, marks: Uint8Array, node: TreeNode, bits: number, where: string): void {
  for (const blob of node.content ?? []) mark(index, marks, 'data', blob, bits, `${where}/${quoteName(node.name)}`);
}

/** Whether it was not marked with all of these bits before. */
function mark(
  index: BlobIndex,
  marks: Uint8Array,
  type: 'tree' | 'data',
  id: BlobId,
  bits: number,
  where: string,
): boolean {
  let isNew = false;
  const copies = index.eachEntryOf(type, id, (entry) => {
    const before = marks[entry] ?? 0;
    isNew ||= (before | bits) !== before;
    marks[entry] = before | bits;
  });
  if (copies > 0) return isNew;
  throw damaged(
    `What ${where.endsWith(':') ? `${where}/` : where} needs is not all known: blob ${id.slice(0, 8)} is in no index.`,
    {
      blob: id,
      where,
    },
  );
}

async function nodesOf(
  { tree, where }: Waiting,
  loadTree: (id: BlobId) => Promise<Tree>,
): Promise<readonly TreeNode[]> {
  try {
    return (await loadTree(tree)).nodes;
  } catch (error) {
    if (!isStillpointError(error, 'repository-damaged')) throw error;
    throw damaged(`The listing of the folder ${where}/ cannot be read: ${error.message}`, { blob: tree, where }, error);
  }
}
