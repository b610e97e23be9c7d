import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { quoteName } from '../format/names.ts';
import type { Tree } from '../format/tree.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';
import { maxAffected } from './finding.ts';

/** Where damaged blobs are used: for each, the first hundred `snapshot:path`. Unreadable trees are passed over. */
export async function findAffected(
  blobs: ReadonlySet<string>,
  snapshots: readonly Snapshot[],
  loadTree: (id: BlobId) => Promise<Tree>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const affected = new Map<string, string[]>([...blobs].map((blob) => [blob, []]));
  const note = (blob: string | undefined, where: string): void => {
    const places = blob === undefined ? undefined : affected.get(blob);
    if (places && places.length < maxAffected) places.push(where);
  };
  const breather = new Breather();
  const seen = new Set<BlobId>();
  for (const snapshot of snapshots) {
    const waiting = [{ tree: snapshot.tree, where: `${snapshot.id.slice(0, 8)}:` }];
    note(snapshot.tree, `${snapshot.id.slice(0, 8)}:/`);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await breather.breathe(signal);
      if (seen.has(next.tree)) continue;
      seen.add(next.tree);
      for (const node of await nodesOf(next.tree, loadTree)) {
        const where = `${next.where}/${quoteName(node.name)}`;
        for (const blob of new Set(node.content)) note(blob, where);
        note(node.subtree, where);
        if (node.subtree) waiting.push({ tree: node.subtree, where });
      }
    }
  }
  return affected;
}

async function nodesOf(id: BlobId, loadTree: (id: BlobId) => Promise<Tree>): Promise<Tree['nodes']> {
  try {
    return (await loadTree(id)).nodes;
  } catch (error) {
    if (isStillpointError(error, 'repository-damaged')) return [];
    throw error;
  }
}
