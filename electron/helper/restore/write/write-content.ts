import type { BlobId } from '../../../../shared/domain/ids.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FileOps } from '../../system/file-ops.ts';
import type { SnapshotSource } from '../snapshot-source.ts';
import { writeSparse } from './write-sparse.ts';

/** Blobs asked for ahead of the one being written. */
const ahead = 3;

export interface WrittenContent {
  readonly length: number;
  /** Length of each blob in order: verifying reads the same pieces back. */
  readonly blobLengths: readonly number[];
}

/** Blobs of nothing but zeros that were met, so that verifying need not read a hole. */
export type ZeroBlobs = Set<BlobId>;

/**
 * Writes verified blobs into an empty file from its start; runs of zeros are not written, so that holes stay holes. The
 * caller compares the length.
 */
export async function writeContent(
  ops: FileOps,
  fd: number,
  content: readonly BlobId[],
  source: SnapshotSource,
  zeros: ZeroBlobs,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<WrittenContent> {
  const loads: Promise<Uint8Array>[] = [];
  const blobLengths: number[] = [];
  let length = 0;
  let end = 0;
  try {
    for (const [index, id] of content.entries()) {
      for (let next = loads.length; next < content.length && next <= index + ahead; next += 1) {
        loads.push(loadAt(content, next, loads, source));
      }
      throwIfAborted(signal);
      const blob = await (loads[index] as Promise<Uint8Array>);
      loads[index] = letGo;
      if (blob.length === 0) throw emptyBlob(id);
      const written = zeros.has(id) ? -1 : writeSparse(ops, fd, blob, length);
      if (written < 0) zeros.add(id);
      else end = written;
      length += blob.length;
      blobLengths.push(blob.length);
      onBytes(blob.length);
    }
  } finally {
    // Nobody waits for what was asked for ahead once the writing failed.
    await Promise.allSettled(loads);
  }
  if (end < length) ops.ftruncateSync(fd, length);
  return { length, blobLengths };
}

const letGo: Promise<Uint8Array> = Promise.resolve(new Uint8Array());

/** The same blob again and again (a hole) is loaded once. */
function loadAt(
  content: readonly BlobId[],
  index: number,
  loads: readonly Promise<Uint8Array>[],
  source: SnapshotSource,
): Promise<Uint8Array> {
  const id = content[index] as BlobId;
  const before = loads[index - 1];
  const load = before && before !== letGo && content[index - 1] === id ? before : source.loadData(id);
  // A rejection is looked at when its turn comes; until then it is nobody's.
  load.catch(() => {});
  return load;
}

function emptyBlob(id: BlobId): StillpointError {
  return new StillpointError({
    kind: 'repository-damaged',
    message: `The data blob ${id.slice(0, 8)} is empty.`,
    guidance: 'Run a full check of this repository to see which snapshots are affected.',
    context: { blob: id },
  });
}
