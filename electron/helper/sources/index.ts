export type { Activity, ExamineContext, OwnPlaces, SourceFacts, SourceKind } from './contract.ts';
export {
  type AskedEntry,
  cacheTagBytes,
  cacheTagName,
  createFilesystemSource,
  type Excludes,
  excludesOf,
  type FilesystemFacts,
  type FilesystemSource,
  type FilesystemSourceOptions,
  type FolderExcludes,
  isCacheTag,
  type OpenTree,
  type TreeEntry,
} from './filesystem/index.ts';
export { createGroupSource, type GroupFacts } from './group/index.ts';
export { type FactsByKind, type KnownFacts, type SourceKinds, type Sources, sourcesOf } from './kinds.ts';
