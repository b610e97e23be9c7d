import type { FilesystemFacts, OpenTree } from '../../sources/index.ts';

/** Facts whose tree calls `meddle` for every entry it lists: slows a copy down, or does something in its middle. */
export function withMeddling(facts: FilesystemFacts, meddle: () => void): FilesystemFacts {
  return {
    ...facts,
    openTree: () => {
      const tree = facts.openTree();
      const list: OpenTree['list'] = (directory, visit) =>
        tree.list(directory, (entry, dirFd) => {
          meddle();
          visit?.(entry, dirFd);
        });
      return { ...tree, list };
    },
  };
}

/** Holds up this thread. */
export function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
