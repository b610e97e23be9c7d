import { constants } from 'node:fs';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { TreeEntry } from '../../sources/filesystem/tree.ts';
import type { ContentSink, ContentVerdict, NamedFile, StillContent, StillEntry, StillView } from '../contract.ts';
import { isReusable } from '../ctime/reusable.ts';
import { rootMeta, rootPlace } from '../view/ancestors.ts';
import { entryDetail } from '../view/entry-detail.ts';
import { type EntryDetail, entryMeta, noDetail } from '../view/entry-meta.ts';
import { pacedSink } from '../view/paced-sink.ts';
import type { ReadPace } from '../view/read-pace.ts';
import type { FileInFolder, FirstLook } from './first-look.ts';
import { namedFile } from './named-file.ts';
import type { readWhole, WholeReadOptions } from './read-whole.ts';
import type { SeenEntry } from './sightings.ts';

export interface LiveView extends StillView {
  /** Files that were read more than once. */
  rereadTotal(): number;
  /** Files called whole where nobody could tell whether they were being changed unseen. */
  unseenTotal(): number;
}

/** A view that reads the tree as it is, each directory and each file when it is asked for, at this pace. */
export function newLiveView(
  facts: FilesystemFacts,
  read: typeof readWhole,
  options: WholeReadOptions,
  first: FirstLook,
  pace?: ReadPace,
): LiveView {
  const { tree } = options;
  const counts = { reread: 0, unseen: 0 };

  const readFile = async (entry: TreeEntry, sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict> => {
    const { verdict, attempts, isUnseen } = await read(entry, pacedSink(sink, pace), { ...options, signal });
    if (attempts > 1) counts.reread += 1;
    if (isUnseen) counts.unseen += 1;
    return verdict;
  };

  const folderEntry = (seen: SeenEntry, detail: EntryDetail): StillEntry => ({
    name: seen.entry.name,
    meta: entryMeta(seen.entry.stat, detail),
    children: () => childrenOf(seen),
    content: null,
    reusable: false,
  });

  /** Files before folders: they are read, and the folder is closed, while the walk is further down. */
  function* childrenOf(folder: SeenEntry): Iterable<StillEntry> {
    const others: { readonly entry: TreeEntry; readonly detail: EntryDetail }[] = [];
    const folders: { readonly seen: SeenEntry; readonly detail: EntryDetail }[] = [];
    const open = first.list(folder, (entry, dirFd, lanes) => {
      const detail = entryDetail(tree, entry, dirFd);
      if (detail === undefined) return;
      if (isDirectory(entry)) folders.push({ seen: { entry, lanes }, detail });
      else others.push({ entry, detail });
    });
    try {
      for (const { entry, detail } of others) {
        const meta = entryMeta(entry.stat, detail);
        let content: LiveContent | null = null;
        if (meta.type === 'file') {
          const named = open.fd === null || pace !== undefined ? undefined : namedFile(entry, open.fd, options);
          content = new LiveContent(first.file(entry, open), named, readFile);
        }
        yield { name: entry.name, meta, children: null, content, reusable: isReusable(facts.filesystem, meta) };
      }
    } finally {
      open.letGo();
    }
    for (const { seen, detail } of folders) yield folderEntry(seen, detail);
  }

  const { ancestors, name } = rootPlace(facts, tree);
  return {
    ancestors,
    root: { ...folderEntry(first.root, noDetail), name, meta: rootMeta(tree) },
    unreadable: () => tree.unreadable(),
    rereadTotal: () => counts.reread,
    unseenTotal: () => counts.unseen,
  };
}

class LiveContent implements StillContent {
  readonly base = null;
  readonly named: NamedFile | undefined;
  readonly #file: FileInFolder;
  readonly #read: (entry: TreeEntry, sink: ContentSink, signal: AbortSignal) => Promise<ContentVerdict>;

  constructor(
    file: FileInFolder,
    named: NamedFile | undefined,
    read: (entry: TreeEntry, sink: ContentSink, signal: AbortSignal) => Promise<ContentVerdict>,
  ) {
    this.#file = file;
    this.named = named;
    this.#read = read;
  }

  passOver(how: 'read' | 'not-read'): void {
    // Whoever read it has asked.
    if (how === 'read') this.#file.letGo();
    else this.#file.ask();
  }

  readInto(sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict> {
    this.#file.ask();
    return this.#read(this.#file.entry, sink, signal);
  }
}

function isDirectory({ stat }: TreeEntry): boolean {
  return (stat.mode & constants.S_IFMT) === constants.S_IFDIR;
}
