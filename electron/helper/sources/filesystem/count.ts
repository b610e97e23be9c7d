import { constants } from 'node:fs';
import type { OpenTree, TreeEntry } from './tree.ts';
import { Turns } from './turns.ts';

export interface TreeCount {
  readonly files: number;
  readonly directories: number;
  readonly others: number;
  readonly bytes: number;
  readonly storedBytes: number;
  /** False when the time was over first: lower bounds then. */
  readonly counted: boolean;
}

export const nothingCounted: TreeCount = {
  ...{ files: 0, directories: 0, others: 0, bytes: 0, storedBytes: 0 },
  counted: false,
};

/** Counts a tree, by looking only, for at most `limitMs`. Directories that cannot be read are noted by the tree. */
export async function countTree(tree: OpenTree, limitMs: number, signal: AbortSignal): Promise<TreeCount> {
  const count = { files: 0, directories: 0, others: 0, bytes: 0, storedBytes: 0 };
  const turns = new Turns(signal);
  const pending: TreeEntry[] = [tree.root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    await turns.pause();
    if (turns.tookMs > limitMs) return { ...count, counted: false };
    for (const entry of await tree.listInTurns(directory, turns)) {
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
