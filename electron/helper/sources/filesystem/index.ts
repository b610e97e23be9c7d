export { createFilesystemSource, type FilesystemSourceOptions } from './examine.ts';
export { excludesForSnapshot } from './excludes/exclude-rules.ts';
export type { FilesystemFacts } from './facts.ts';
export type { OpenTree, TreeEntry, VisitEntry } from './tree.ts';
