export type { ReachingProgram, RunningProgram, StartProgram } from './backend/child/contract.ts';
export type {
  Backend,
  ByteRange,
  CallOptions,
  FileKind,
  FileRef,
  ListedFile,
  ListedKind,
  PlaceContent,
} from './backend/contract.ts';
export { type Buckets, rateLimited } from './backend/decorators/rate-limit.ts';
export { TokenBucket } from './backend/decorators/token-bucket.ts';
export { type FileOps, type FileStat, nodeFileOps } from './backend/local/file-ops.ts';
export { LocalBackend } from './backend/local/local-backend.ts';
export { MemoryBackend } from './backend/memory/memory-backend.ts';
export { openRemote, type RemoteLocation, type RemotePlace, type RemotePorts } from './backend/open-remote.ts';
export { Breather } from './breather.ts';
export { type Chunker, currentChunkerVersion } from './chunker/chunker.ts';
export type { StartCrunching } from './crunch/contract.ts';
export { type Environment, processEnvironment } from './environment.ts';
export { misuse } from './failures.ts';
export type { BlobType } from './format/blob.ts';
export { goModeOfStat, type NodeType, nodeTypeOfStat, permissionsOfGoMode } from './format/modes.ts';
export { quoteName, unquoteName } from './format/names.ts';
export { type ExtendedAttribute, isFileName, type TreeNode } from './format/node.ts';
export type { SnapshotFile } from './format/snapshot-file.ts';
export { decodeTime, encodeTime } from './format/times.ts';
export type { Tree } from './format/tree.ts';
export { TreeText } from './format/tree-text.ts';
export type { BlobLocation } from './index/blob-index.ts';
export type { KeyInfo, Keys } from './keys/keys.ts';
export type { HeldLock, LockHolder, LockMode } from './locks/held-lock.ts';
export type { AcquireOptions, Locks, LockTiming } from './locks/locks.ts';
export type { CheckOptions } from './maintenance/check.ts';
export type { CheckPhase, CheckProgress, CheckReport, Finding, FindingCode } from './maintenance/finding.ts';
export type { Freeable, Reclaimed, ReclaimPlan, ScanOptions } from './maintenance/reclaim.ts';
export { findById, type Identity, identify, initRepository, type OpenOptions, openRepository } from './open.ts';
export { Repository, type WithWriterOptions } from './repository.ts';
export type { Snapshot, SnapshotList, Snapshots } from './snapshots/snapshots.ts';
export type { WalkedNode } from './trees/walk.ts';
export type { RepositoryWriter, SavedBlob, WriterProgress } from './writer/repository-writer.ts';
