import type { BlobId } from '../../../shared/domain/ids.ts';
import type { Repository, RepositoryWriter, TreeNode } from '../repository/index.ts';
import type { BlobStore } from './contract.ts';

/** What capture needs of an open repository and the writer of this run. */
export function blobStoreFor(repository: Repository, writer: RepositoryWriter): BlobStore {
  // Files are added to the tree that was saved last: it need not become durable first only to be read again.
  let latest: { readonly id: BlobId; readonly nodes: readonly TreeNode[] } | null = null;
  return {
    takeFile: writer.takesFiles ? (...file) => writer.takeFile(...file) : undefined,
    takeNamed: writer.takesFiles ? (...file) => writer.takeNamed(...file) : undefined,
    saveData: (bytes) => writer.saveBlob('data', bytes),
    saveTree: async (nodes) => {
      const saved = await writer.saveTree(nodes);
      latest = { id: saved.id, nodes };
      return saved;
    },
    // Only the index counts, which was loaded under our lock: what this run saved needs no looking up.
    dataLength: (id) => repository.blobLength('data', id) ?? null,
    loadData: (id) => repository.loadBlob('data', id),
    loadTree: async (id) => {
      if (latest?.id === id) return latest.nodes;
      // A tree of this run can be read once its pack is written and listed.
      if (!repository.hasBlob('tree', id) && writer.hasBlob('tree', id)) await writer.flush();
      return (await repository.loadTree(id)).nodes;
    },
    openTree: (id) => repository.openTree(id),
    saveChangedTree: async (before, changes) => {
      const saved = await writer.saveChangedTree(before, changes);
      repository.keepTree(saved.text, before);
      return saved;
    },
    hasSubtree: (id) => repository.hasSubtree(id),
    settle: () => writer.settle(),
    newChunker: () => repository.chunker(),
  };
}
