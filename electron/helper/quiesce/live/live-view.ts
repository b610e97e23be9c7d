import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { TreeEntry } from '../../sources/filesystem/tree.ts';
import type { ContentSink, ContentVerdict, StillContent, StillEntry, StillView } from '../contract.ts';
import { isReusable } from '../ctime/reusable.ts';
import { rootMeta, rootPlace } from '../view/ancestors.ts';
import { entryDetail } from '../view/entry-detail.ts';
import { type EntryDetail, entryMeta, noDetail } from '../view/entry-meta.ts';
import type { readWhole, WholeReadOptions } from './read-whole.ts';

export interface LiveView extends StillView {
  /** Files that were read more than once. */
  rereadTotal(): number;
  /** Files called whole where nobody could tell whether they were being changed unseen. */
  unseenTotal(): number;
}

/** A view that reads the tree as it is, each directory and each file when it is asked for. */
export function newLiveView(facts: FilesystemFacts, read: typeof readWhole, options: WholeReadOptions): LiveView {
  const { tree } = options;
  const place = rootPlace(facts, tree);
  let rereadTotal = 0;
  let unseenTotal = 0;

  const contentOf = (entry: TreeEntry): StillContent => ({
    base: null,
    async readInto(sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict> {
      const { verdict, attempts, isUnseen } = await read(entry, sink, { ...options, signal });
      if (attempts > 1) rereadTotal += 1;
      if (isUnseen) unseenTotal += 1;
      return verdict;
    },
  });

  const toStillEntry = (entry: TreeEntry, detail: EntryDetail): StillEntry => {
    const meta = entryMeta(entry.stat, detail);
    return {
      name: entry.name,
      meta,
      children: meta.type === 'dir' ? () => childrenOf(entry) : null,
      content: meta.type === 'file' ? contentOf(entry) : null,
      reusable: isReusable(facts.filesystem, meta),
    };
  };

  async function* childrenOf(directory: TreeEntry): AsyncIterable<StillEntry> {
    const details: (EntryDetail | undefined)[] = [];
    const entries = tree.list(directory, (entry, dirFd) => {
      details.push(entryDetail(tree, entry, dirFd));
    });
    for (const [index, entry] of entries.entries()) {
      const detail = details[index];
      if (detail !== undefined) yield toStillEntry(entry, detail);
    }
  }

  const root = toStillEntry(tree.root, noDetail);
  return {
    ancestors: place.ancestors,
    root: { ...root, name: place.name, meta: rootMeta(tree) },
    unreadable: () => tree.unreadable(),
    rereadTotal: () => rereadTotal,
    unseenTotal: () => unseenTotal,
  };
}
