import { constants } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry } from './tree.ts';

export interface TreeCount {
  readonly files: number;
  readonly directories: number;
  readonly others: number;
  readonly bytes: number;
  readonly storedBytes: number;
  /** False when the time was over first: lower bounds then. */
  readonly counted: boolean;
}

/** How long the event loop is held up at a time, ms. */
const turnMs = 15;

/** Counts a tree, by looking only, for at most `limitMs`. Directories that cannot be read are noted by the tree. */
export async function countTree(tree: OpenTree, limitMs: number, signal: AbortSignal): Promise<TreeCount> {
  const count = { files: 0, directories: 0, others: 0, bytes: 0, storedBytes: 0 };
  const started = performance.now();
  let turnStarted = started;
  const pending: TreeEntry[] = [tree.root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    throwIfAborted(signal);
    const now = performance.now();
    if (now - started > limitMs) return { ...count, counted: false };
    if (now - turnStarted > turnMs) {
      await nextTurn();
      turnStarted = performance.now();
    }
    for (const entry of tree.list(directory)) {
      const type = entry.stat.mode & constants.S_IFMT;
      if (type === constants.S_IFDIR) {
        pending.push(entry);
      } else if (type === constants.S_IFREG) {
        const size = Number(entry.stat.size);
        count.files += 1;
        count.bytes += size;
        count.storedBytes += Math.min(size, Number(entry.stat.blocks) * 512);
      } else {
        count.others += 1;
      }
    }
    count.directories += 1;
  }
  return { ...count, counted: true };
}
