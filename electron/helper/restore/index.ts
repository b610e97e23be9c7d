export { assertSafe } from './assert-safe.ts';
export type {
  PreparedRestore,
  RestoreContext,
  RestoreDriver,
  RestoreExecution,
  RestoreOutcome,
} from './contract.ts';
export { createFilesystemRestore, type FilesystemRestore, type FilesystemRestoreParts } from './filesystem-restore.ts';
export type { AnswerOf, HandJob, HandSettings, PackRange, RestoreHands, StartHands } from './hands/contract.ts';
export { Hand } from './hands/hand.ts';
export type { RestoreRecord } from './journal/undo-record.ts';
export type { Actor } from './plan/rights.ts';
export { type SnapshotSource, type StoredSnapshot, snapshotSourceOf } from './snapshot-source.ts';
