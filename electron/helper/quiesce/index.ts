export {
  type AtomicEnvironment,
  createBtrfsSnapshot,
  createLvmSnapshot,
  createZfsSnapshot,
  type LeftoverReport,
  removeLeftovers,
} from './atomic/index.ts';
export type {
  ContentSink,
  ContentVerdict,
  EntryMeta,
  Lease,
  PhaseReporter,
  QuiesceContext,
  QuiesceMethod,
  StillContent,
  StillEntry,
  StillEvidence,
  StillOutcome,
  StillView,
} from './contract.ts';
export { wallClockNs } from './ctime/granularity.ts';
export type { QuiesceEnvironment } from './environment.ts';
export { createFsfreezeCopy } from './fsfreeze-copy/index.ts';
export { createGroupLive, createGroupPrecopy } from './group/index.ts';
export { createHooks, type Hooks, type RunHooks } from './hooks/index.ts';
export { newHotFileWatches } from './hot-files/index.ts';
export { createJournal, rulesText } from './journal/index.ts';
export { FreezePace, SleepGate, sharedMemory, systemSleep } from './lease/index.ts';
export { createLive, type LiveOptions } from './live/index.ts';
export { type NotUsed, whyNotUsed } from './method-words.ts';
export { type MethodsByKind, methodsByKind } from './methods-by-kind.ts';
export { type PickedMethods, pickMethods } from './picker.ts';
export { createPrecopyFreeze } from './precopy-freeze/index.ts';
export { createRootHold, openTrialBook, type TriedRootHold } from './root/index.ts';
export { QuietRecorder, StaticWindows } from './static-windows/index.ts';
export { createTrackers } from './tracking/index.ts';
