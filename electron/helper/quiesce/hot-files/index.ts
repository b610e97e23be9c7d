export type {
  HotFile,
  HotFileAccount,
  HotFileProblem,
  HotFiles,
  HotFileWatch,
  KernelHotFileWatch,
} from './contract.ts';
export { type HotFileWatchOptions, hotFileProblem, startHotFileWatch } from './watch.ts';
export { type HotFileWatches, type HotFileWatchesOptions, newHotFileWatches } from './watches.ts';
