export type { ExamineContext, OwnPlaces, SourceFacts, SourceKind } from './contract.ts';
export {
  createFilesystemSource,
  excludesForSnapshot,
  type FilesystemFacts,
  type FilesystemSourceOptions,
  type OpenTree,
  type TreeEntry,
} from './filesystem/index.ts';
