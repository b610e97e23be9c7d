import { closeSync, read, readSync } from 'node:fs';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { dataExtents } from '../../system/sparse.ts';
import type { ContentSink, ContentVerdict, EntryMeta, StillView } from '../contract.ts';
import { BufferPool } from '../live/buffer-pool.ts';
import type { RootPlace } from '../view/ancestors.ts';
import { pacedSink } from '../view/paced-sink.ts';
import type { ReadPace } from '../view/read-pace.ts';
import { treeView } from '../view/tree-view.ts';

const bufferBytes = 1024 * 1024;
/** Up to this size a file is read at once: waking a thread costs more than the read. */
const atOnceBytes = 128 * 1024;

/**
 * The source as it is in an atomic copy, which nobody can change: each folder and file is read when it is asked for, at
 * this pace, because the disk is that of the programs that go on.
 */
export function atomicView(
  facts: FilesystemFacts,
  place: RootPlace,
  tree: OpenTree,
  pace: ReadPace | undefined,
): StillView {
  const buffers = new BufferPool(bufferBytes);

  return treeView(facts, place, tree, (entry, meta, sink, signal) =>
    readFile(tree, entry, meta, pacedSink(sink, pace), signal, buffers),
  );
}

async function readFile(
  tree: OpenTree,
  entry: TreeEntry,
  meta: EntryMeta,
  sink: ContentSink,
  signal: AbortSignal,
  buffers: BufferPool,
): Promise<ContentVerdict> {
  let fd: number;
  try {
    fd = tree.openFile(entry);
  } catch (error) {
    return { state: 'unreadable', reason: reasonOf(error) };
  }
  const size = Number(meta.size);
  const buffer = buffers.take(Math.max(size, 1));
  try {
    const length = await sendContent(fd, size, buffer, sink, signal);
    if (length === size) return { state: 'whole', meta };
    // Of a file that cannot change: its filesystem contradicts itself.
    return { state: 'unreadable', reason: 'It ends before its size says.' };
  } catch (error) {
    if (!hasCode(error, 'EIO', 'EUCLEAN', 'ENODATA')) throw error;
    return { state: 'unreadable', reason: reasonOf(error) };
  } finally {
    buffers.give(buffer);
    closeSync(fd);
  }
}

/** Returns how far it came. */
async function sendContent(
  fd: number,
  size: number,
  buffer: Buffer,
  sink: ContentSink,
  signal: AbortSignal,
): Promise<number> {
  if (sink.file !== undefined) return size === 0 ? 0 : sink.file({ fd, size, extents: dataExtents(fd, size) });
  let position = 0;
  for (const { offset, length } of dataExtents(fd, size)) {
    if (offset > position) await sink.hole(offset - position);
    position = offset;
    const end = offset + length;
    while (position < end) {
      throwIfAborted(signal);
      const wanted = Math.min(buffer.length, end - position);
      const count =
        size <= atOnceBytes ? readSync(fd, buffer, 0, wanted, position) : await readAt(fd, buffer, wanted, position);
      if (count === 0) return position;
      await sink.data(buffer.subarray(0, count));
      position += count;
    }
  }
  if (position < size) await sink.hole(size - position);
  return size;
}

function readAt(fd: number, buffer: Buffer, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, position, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

/** Why a file of the copy cannot be read. What is wrong with ourselves, not with the file, is thrown again. */
function reasonOf(error: unknown): string {
  if (hasCode(error, 'EACCES', 'EPERM')) return 'No permission to read it.';
  if (hasCode(error, 'EIO', 'EUCLEAN', 'ENODATA')) return 'The disk reported an error (EIO).';
  if (hasCode(error, 'ENAMETOOLONG')) return 'Its path is too long.';
  // Nobody can have removed it: the copy and what it says of itself differ.
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EXDEV')) return 'It is named, but cannot be opened.';
  throw error;
}
