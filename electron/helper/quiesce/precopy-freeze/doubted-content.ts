import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import type { ContentSink, ContentVerdict, StillContent } from '../contract.ts';
import { tickNs } from '../ctime/granularity.ts';
import { probeSeesEveryWriter, tracesMappedWrites } from '../ctime/mapped-writes.ts';
import { BufferPool } from '../live/buffer-pool.ts';
import { readWhole } from '../live/read-whole.ts';
import type { PictureFile } from '../picture/contract.ts';
import { treeEntry } from './looker.ts';

const bufferBytes = 1024 * 1024;
const attempts = 4;

/**
 * Content of a file of which it cannot be shown that it is that of the still point: read anew, live, until it is one
 * version. Then it is whole, though of a later moment, and the snapshot says no more than that; if it never is, it is torn.
 */
export function contentReadLater(
  facts: FilesystemFacts,
  tree: OpenTree,
  file: PictureFile,
  signalOfRun: AbortSignal,
): StillContent {
  const { filesystem, mount } = facts;
  return {
    base: null,
    async readInto(sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict> {
      const path = file.path();
      if (path === null) return { state: 'vanished' };
      const { verdict } = await readWhole(treeEntry(path, file.meta), sink, {
        tree,
        signal: AbortSignal.any([signal, signalOfRun]),
        buffers: new BufferPool(bufferBytes),
        tickNs: tickNs(),
        flushedAtNs: null,
        tracesMappedWrites: tracesMappedWrites(filesystem),
        probeSeesEveryWriter: probeSeesEveryWriter(mount),
        isRemote: false,
        attempts,
      });
      return verdict;
    },
  };
}
