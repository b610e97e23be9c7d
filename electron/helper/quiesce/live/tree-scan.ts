import { constants } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import type { Fingerprint, Lanes } from './fingerprint.ts';
import { type SeenEntry, Sightings, type TreeScan } from './sightings.ts';

export interface ScanOptions {
  readonly fingerprint: Fingerprint;
  /** How old a ctime must be to be older than the scan beyond doubt, where it has more than whole seconds. */
  readonly granularityNs: bigint;
  readonly signal: AbortSignal;
  /** Called for each regular file while its directory is open. Synchronous. */
  readonly onFile: (entry: TreeEntry, dirFd: number) => void;
  /** Called after each directory, with the regular files it held. */
  readonly onDirectory?: (directory: TreeEntry, files: number) => void;
  /** Called for entries that are not in `before`, or are different there. */
  readonly before?: TreeScan;
  readonly onDifferent?: (entry: TreeEntry) => void;
}

/** How long the event loop is held up at a time, ms. */
const turnMs = 15;

/** Looks at every entry of a tree once. Reads no content and no attribute: a change of those moves the ctime. */
export async function scanTree(tree: OpenTree, options: ScanOptions): Promise<TreeScan> {
  const sightings = new Sightings(options.fingerprint, options.granularityNs, options);
  await scanFolders(tree, [sightings.root(tree.lookAtRoot())], sightings, options);
  return sightings.finish();
}

/** The same of everything below some folders. */
export async function scanFolders(
  tree: OpenTree,
  folders: readonly SeenEntry[],
  sightings: Sightings,
  { signal, onFile, onDirectory }: Pick<ScanOptions, 'signal' | 'onFile' | 'onDirectory'>,
): Promise<void> {
  const pending = [...folders];
  let turnStarted = performance.now();
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    throwIfAborted(signal);
    if (performance.now() - turnStarted > turnMs) {
      await nextTurn();
      turnStarted = performance.now();
    }
    const lanes: Lanes = directory.lanes;
    let files = 0;
    tree.list(directory.entry, (entry, dirFd) => {
      const own = sightings.note(entry, lanes);
      const type = entry.stat.mode & constants.S_IFMT;
      if (type === constants.S_IFDIR) pending.push({ entry, lanes: own });
      if (type !== constants.S_IFREG) return;
      files += 1;
      onFile(entry, dirFd);
    });
    onDirectory?.(directory.entry, files);
  }
}
