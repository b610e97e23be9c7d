import { evidencePath } from '../../../shared/domain/evidence.ts';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { Repository } from '../repository/index.ts';

/** Evidence is a page of JSON; more than this is not ours. */
const maxEvidenceBytes = 8 * 1024 * 1024;

/** The JSON value at the reserved path of a snapshot's tree, unvalidated; null where there is none. */
export async function readEvidence(repository: Repository, rootTree: BlobId): Promise<unknown> {
  const [folder = '', file = ''] = evidencePath.slice(1).split('/');
  const root = await repository.loadTree(rootTree);
  const subtree = root.nodes.find(({ name, type }) => type === 'dir' && name.equals(Buffer.from(folder)))?.subtree;
  if (!subtree) return null;
  const { nodes } = await repository.loadTree(subtree);
  const node = nodes.find(({ name, type }) => type === 'file' && name.equals(Buffer.from(file)));
  if (!node?.content || node.size > BigInt(maxEvidenceBytes)) return null;
  const parts: Buffer[] = [];
  for (const id of node.content) parts.push(await repository.loadBlob('data', id));
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return null;
  }
}
