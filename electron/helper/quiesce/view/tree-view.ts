import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import type { ContentSink, ContentVerdict, EntryMeta, StillEntry, StillView } from '../contract.ts';
import { isReusable } from '../ctime/reusable.ts';
import { type RootPlace, rootMeta } from './ancestors.ts';
import { entryDetail } from './entry-detail.ts';
import { type EntryDetail, entryMeta, noDetail } from './entry-meta.ts';

/** Sends a file's content. `meta` is what the look at its folder showed. */
export type ReadEntry = (
  entry: TreeEntry,
  meta: EntryMeta,
  sink: ContentSink,
  signal: AbortSignal,
) => Promise<ContentVerdict>;

/** A tree as it is when it is asked: each folder is listed, and each file read, by `readEntry`, when somebody comes to it. */
export function treeView(
  { filesystem }: Pick<FilesystemFacts, 'filesystem'>,
  place: RootPlace,
  tree: OpenTree,
  readEntry: ReadEntry,
): StillView {
  const toStillEntry = (entry: TreeEntry, detail: EntryDetail): StillEntry => {
    const meta = entryMeta(entry.stat, detail);
    return {
      name: entry.name,
      meta,
      children: meta.type === 'dir' ? () => childrenOf(entry) : null,
      content:
        meta.type === 'file' ? { base: null, readInto: (sink, signal) => readEntry(entry, meta, sink, signal) } : null,
      reusable: isReusable(filesystem, meta),
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
  };
}
