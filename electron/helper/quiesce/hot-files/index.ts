export type { HotFile, HotFileAccount, HotFileProblem, HotFiles, HotFileWatch } from './contract.ts';
export { type HotFileWatchOptions, hotFileProblem, startHotFileWatch } from './watch.ts';
