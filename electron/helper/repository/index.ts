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
export type { CopyLocks, CopyOptions, CopyProgress, CopyReport } from './copy/copy-snapshots.ts';
export type { StartCrunching } from './crunch/contract.ts';
export type { MasterKey } from './crypto/master-key.ts';
export type { MixOnThreads } from './crypto/password-key.ts';
export { type Environment, processEnvironment } from './environment.ts';
export { misuse } from './failures.ts';
export type { BlobType } from './format/blob.ts';
export type { PackId } from './format/ids.ts';
export { goModeOfStat, type NodeType, nodeTypeOfStat, permissionsOfGoMode } from './format/modes.ts';
export { quoteName, unquoteName } from './format/names.ts';
export { type ExtendedAttribute, isFileName, type TreeNode } from './format/node.ts';
export type { SnapshotFile } from './format/snapshot-file.ts';
export { decodeTime, encodeTime } from './format/times.ts';
export type { Tree } from './format/tree.ts';
export { TreeText } from './format/tree-text.ts';
export type { BlobLocation } from './index/blob-index.ts';
export type { ListedBlobs } from './index/listed-blobs.ts';
export type { KeyInfo, Keys } from './keys/keys.ts';
export type { HeldLock, LockHolder, LockMode } from './locks/held-lock.ts';
export type { AcquireOptions, Locks, LockTiming } from './locks/locks.ts';
export type { Waiting } from './locks/waiting.ts';
export type { CheckOptions } from './maintenance/check.ts';
export type { CheckPhase, CheckProgress, CheckReport, Finding, FindingCode } from './maintenance/finding.ts';
export type { InspectedPack, KnownOfPack } from './maintenance/inspect-pack.ts';
export type { Inspectors, PackBytes, PackFile, StartInspecting } from './maintenance/inspecting.ts';
export type { PackDamage, Pruned, PruneFigures, PruneOptions, PrunePlan } from './maintenance/prune.ts';
export type { PruneLimits, UnusedLimit } from './maintenance/prune-limits.ts';
export type { Freeable, Reclaimed, ReclaimPlan, ScanOptions } from './maintenance/reclaim.ts';
export type { DataShare } from './maintenance/share.ts';
export { findById, type Identity, identify, initRepository, type OpenOptions, openRepository } from './open.ts';
export type { RepairProgress } from './repair/contract.ts';
export type { IndexRepair } from './repair/repair-index.ts';
export type { PackRepair } from './repair/repair-packs.ts';
export type { SnapshotRepair, SnapshotRepaired } from './repair/repair-snapshots.ts';
export type { DamagedParts } from './repair/rewrite-tree.ts';
export { Repository } from './repository.ts';
export type { WithWriterOptions } from './repository-settings.ts';
export type { Snapshot, SnapshotList, Snapshots } from './snapshots/snapshots.ts';
export type { RepositoryStatistics, SnapshotStatistics } from './statistics/statistics.ts';
export type { Folder } from './trees/folders.ts';
export type { WalkedNode } from './trees/walk.ts';
export type { RepositoryWriter, SavedBlob, WriterProgress } from './writer/repository-writer.ts';
