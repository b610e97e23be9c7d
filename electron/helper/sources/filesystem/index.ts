export { createFilesystemSource, type FilesystemSource, type FilesystemSourceOptions } from './examine.ts';
export { cacheTagBytes, cacheTagName, isCacheTag } from './excludes/cache-tag.ts';
export { type AskedEntry, type Excludes, excludesOf, type FolderExcludes } from './excludes/excludes.ts';
export type { FilesystemFacts } from './facts.ts';
export type { OpenTree, TreeEntry, VisitEntry } from './tree.ts';
