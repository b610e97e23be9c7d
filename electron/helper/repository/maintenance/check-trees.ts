import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { quoteName } from '../format/names.ts';
import type { TreeNode } from '../format/node.ts';
import { nodesOf } from '../format/tree-nodes.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';
import type { CheckContext } from './finding.ts';

export interface TreeCheck {
  readonly index: BlobIndex;
  /** Verifies the blob's hash. */
  readonly loadBlob: (id: BlobId) => Promise<Buffer>;
  /** One mark per index entry, set for every blob that a snapshot needs. */
  readonly used: Uint8Array;
}

interface Waiting {
  readonly tree: BlobId;
  /** `snapshot:path`, for people. */
  readonly where: string;
}

/** Walks every snapshot, each tree once: all trees must be readable, all content must be in the index. */
export async function checkTrees(
  check: TreeCheck,
  snapshots: readonly Snapshot[],
  context: CheckContext,
): Promise<void> {
  const breather = new Breather();
  for (const [done, snapshot] of snapshots.entries()) {
    context.progress({ phase: 'trees', done, total: snapshots.length });
    const waiting: Waiting[] = [{ tree: snapshot.tree, where: `${snapshot.id.slice(0, 8)}:` }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await breather.breathe(context.signal);
      for (const node of await readOnce(check, next, context)) {
        const where = `${next.where}/${quoteName(node.name)}`;
        checkContent(check, node, where, context);
        if (node.subtree) waiting.push({ tree: node.subtree, where });
      }
    }
  }
  context.progress({ phase: 'trees', done: snapshots.length, total: snapshots.length });
}

async function readOnce(
  check: TreeCheck,
  { tree, where }: Waiting,
  context: CheckContext,
): Promise<Iterable<TreeNode>> {
  const entry = check.index.entryOf('tree', tree);
  const affects = [where.endsWith(':') ? `${where}/` : where];
  if (entry < 0) {
    const text = `The listing of a folder is missing (tree ${tree.slice(0, 8)}): what was in it cannot be restored.`;
    context.report({ severity: 'error', code: 'blob-missing', text, affects, blob: tree });
    return [];
  }
  if (check.used[entry]) return [];
  check.used[entry] = 1;
  try {
    return nodesOf(tree, await check.loadBlob(tree));
  } catch (error) {
    if (!isStillpointError(error, 'repository-damaged')) throw error;
    const text = `The listing of a folder cannot be read: ${error.message}`;
    context.report({ severity: 'error', code: 'tree-damaged', text, affects, blob: tree });
    return [];
  }
}

function checkContent({ index, used }: TreeCheck, node: TreeNode, where: string, context: CheckContext): void {
  for (const blob of node.content ?? []) {
    const entry = index.entryOf('data', blob);
    if (entry >= 0) {
      used[entry] = 1;
      continue;
    }
    const text = `A part of a file is missing (blob ${blob.slice(0, 8)}): the file cannot be restored whole.`;
    context.report({ severity: 'error', code: 'blob-missing', text, affects: [where], blob });
  }
}
