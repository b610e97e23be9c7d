import { type Evidence, evidencePath } from '../../../shared/domain/evidence.ts';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { addFiles, type BlobStore } from '../capture/index.ts';

/** Hangs the evidence into a finished tree, at its reserved place. The root of the tree with it. */
export function addEvidence(store: BlobStore, rootTree: BlobId, evidence: Evidence): Promise<BlobId> {
  const content = Buffer.from(`${JSON.stringify(evidence, null, 2)}\n`, 'utf8');
  return addFiles(store, rootTree, [{ path: evidencePath, content }]);
}
