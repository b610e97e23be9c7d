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
export { createLive, type LiveOptions } from './live/index.ts';
export { type PickedMethods, pickMethods } from './picker.ts';
