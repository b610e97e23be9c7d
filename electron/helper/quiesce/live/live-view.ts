import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { StillView } from '../contract.ts';
import { rootPlace } from '../view/ancestors.ts';
import { type ReadEntry, treeView } from '../view/tree-view.ts';
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
  let rereadTotal = 0;
  let unseenTotal = 0;

  const readEntry: ReadEntry = async (entry, _meta, sink, signal) => {
    const { verdict, attempts, isUnseen } = await read(entry, sink, { ...options, signal });
    if (attempts > 1) rereadTotal += 1;
    if (isUnseen) unseenTotal += 1;
    return verdict;
  };
  return {
    ...treeView(facts, rootPlace(facts, tree), tree, readEntry),
    rereadTotal: () => rereadTotal,
    unseenTotal: () => unseenTotal,
  };
}
