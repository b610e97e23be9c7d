import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Repository, TreeNode } from '../../repository/index.ts';

/** At most `length` bytes of a file's content from `offset`; blobs before it are passed over unread. */
export async function readFileRange(
  repository: Repository,
  node: TreeNode,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (node.type !== 'file') throw notAFile();
  const parts: Buffer[] = [];
  let at = 0;
  for (const id of node.content ?? []) {
    throwIfAborted(signal);
    if (at >= offset + length) break;
    const known = repository.blobLength('data', id);
    if (known !== undefined && at + known <= offset) {
      at += known;
      continue;
    }
    const blob = await repository.loadBlob('data', id);
    parts.push(blob.subarray(Math.max(0, offset - at), Math.max(0, offset + length - at)));
    at += blob.length;
  }
  return Buffer.concat(parts);
}

function notAFile(): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    field: 'path',
    message: 'Only a file has content to read.',
    guidance: 'Choose a file.',
  });
}
