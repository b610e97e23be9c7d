export { defaultRootLeaseMs, type RootHold } from './contract.ts';
export { createRootHold, type RootHoldParts, type TrialState, type TriedRootHold } from './root-hold.ts';
export { openTrialBook, type TrialBook } from './trial/trial-book.ts';
