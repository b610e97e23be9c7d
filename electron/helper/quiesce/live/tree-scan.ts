import { constants } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instant } from '../../../../shared/domain/time.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { granularityOf, wallClockNs } from '../ctime/granularity.ts';
import type { Fingerprint, Lanes } from './fingerprint.ts';

/** One look at everything there is. */
export interface TreeScan {
  readonly startedNs: bigint;
  readonly finishedAt: Instant;
  /** Metadata by path, both as fingerprints. */
  readonly entries: ReadonlyMap<number, number>;
  readonly newestCtimeNs: bigint | null;
  /** Some entry's ctime is too coarse, and too young, to tell a change before the scan from one during it. */
  readonly coarsestDoubtNs: bigint | null;
  readonly files: number;
  readonly bytes: number;
}

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
  const { fingerprint, granularityNs } = options;
  const startedNs = wallClockNs();
  const entries = new Map<number, number>();
  let newest: bigint | null = null;
  let doubt: bigint | null = null;
  let files = 0;
  let bytes = 0;
  const note = (entry: TreeEntry, lanes: Lanes): void => {
    const key = fingerprint.key(lanes);
    const metadata = entry.isStandIn ? 0 : fingerprint.metadata(entry.stat);
    entries.set(key, metadata);
    if (options.before !== undefined && options.before.entries.get(key) !== metadata) options.onDifferent?.(entry);
    if (entry.isStandIn) return;
    const { ctimeNs } = entry.stat;
    if (newest === null || ctimeNs > newest) newest = ctimeNs;
    const granularity = granularityOf(ctimeNs, granularityNs);
    if (granularity > granularityNs && ctimeNs + granularity >= startedNs) doubt = granularity;
  };

  const root = tree.lookAtRoot();
  note(root, fingerprint.root);
  const pending: { readonly entry: TreeEntry; readonly lanes: Lanes }[] = [{ entry: root, lanes: fingerprint.root }];
  let turnStarted = performance.now();
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    throwIfAborted(options.signal);
    if (performance.now() - turnStarted > turnMs) {
      await nextTurn();
      turnStarted = performance.now();
    }
    const { lanes } = directory;
    const filesBefore = files;
    tree.list(directory.entry, (entry, dirFd) => {
      const own = fingerprint.child(lanes, entry.name);
      note(entry, own);
      const type = entry.stat.mode & constants.S_IFMT;
      if (type === constants.S_IFDIR) pending.push({ entry, lanes: own });
      if (type !== constants.S_IFREG) return;
      files += 1;
      bytes += Number(entry.stat.size);
      options.onFile(entry, dirFd);
    });
    options.onDirectory?.(directory.entry, files - filesBefore);
  }
  const finishedAt = nsToInstant(wallClockNs());
  return { startedNs, finishedAt, entries, newestCtimeNs: newest, coarsestDoubtNs: doubt, files, bytes };
}

/** Entries added, removed or changed from one scan to another made with the same fingerprint. */
export function countDifferences(first: TreeScan, last: TreeScan): number {
  let differences = 0;
  for (const [key, metadata] of last.entries) if (first.entries.get(key) !== metadata) differences += 1;
  for (const key of first.entries.keys()) if (!last.entries.has(key)) differences += 1;
  return differences;
}
