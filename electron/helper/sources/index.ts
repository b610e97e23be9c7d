export type { ExamineContext, OwnPlaces, SourceFacts, SourceKind } from './contract.ts';
export {
  cacheTagBytes,
  cacheTagName,
  createFilesystemSource,
  type Excludes,
  excludesForSnapshot,
  excludesOf,
  type FilesystemFacts,
  type FilesystemSource,
  type FilesystemSourceOptions,
  type FolderExcludes,
  isCacheTag,
  type OpenTree,
  type TreeEntry,
} from './filesystem/index.ts';
