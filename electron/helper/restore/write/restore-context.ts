import type { RestoreMode } from '../../../../shared/domain/restore.ts';
import type { PhaseReporter } from '../../quiesce/contract.ts';
import type { ProofCount } from '../fresh/proof-count.ts';
import type { TreeText } from '../fresh/tree-lines.ts';
import type { RestoreHands } from '../hands/contract.ts';
import type { Journal } from '../journal/journal.ts';
import type { ChangeKind } from '../journal/journal-records.ts';
import type { Abilities } from '../plan/build-plan.ts';
import type { Found, PlanItem } from '../plan/plan-item.ts';
import type { StoredTree } from '../plan/stored-tree.ts';
import type { PackAccess, SnapshotSource } from '../snapshot-source.ts';
import type { TargetTree } from '../target/target-tree.ts';
import type { Durability } from './durability.ts';
import type { EntryWarnings } from './entry-warnings.ts';
import type { ZeroBlobs } from './write-content.ts';

/** A version to be replaced or deleted; `null`: nothing was there; `undefined`: unknown, so it must not be touched. */
export type Expected = Found | null | undefined;

/** What all steps of one running restore share. */
export interface RestoreContext {
  readonly target: TargetTree;
  readonly source: SnapshotSource;
  readonly tree: StoredTree;
  readonly mode: RestoreMode;
  readonly abilities: Abilities;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  readonly report: PhaseReporter;
  readonly warnings: EntryWarnings;
  readonly zeros: ZeroBlobs;
  readonly durability: Durability;
  /** Threads, where there are any and the repository has packs for them. */
  readonly threads: { readonly hands: RestoreHands; readonly packs: PackAccess } | null;
  /** The version that may be replaced: the one in the safety snapshot, or the planned one where that was refused. */
  expected(item: PlanItem): Expected;
  /** Start of the names that are ours for this run; `.stillpoint-restore-` and the run. */
  readonly tempPrefix: string;
  readonly tally: RestoreTally;
  /** Files of trees that were read back already. */
  readonly proved: ProofCount;
  /** What was done, for undo. */
  readonly changes: Change[];
  /** Folders that were made with everything in them. */
  readonly trees: TreeText[];
  readonly rootNumbers: ReadonlyMap<PlanItem['in']['root'], number>;
}

/** What was done to one entry. */
export interface Change {
  readonly item: PlanItem;
  /** As it was when the entry was deleted; null: as it is at the end, when nothing is aside any more. */
  readonly path: string | null;
  readonly change: ChangeKind;
  readonly now: Found | null;
}

/** Counts of one run. An entry counts when it is in place. */
export interface RestoreTally {
  replaced: number;
  added: number;
  deleted: number;
  metadataOnly: number;
  bytesWritten: number;
  verified: number;
  notDone: number;
}

export function newTally(): RestoreTally {
  return { replaced: 0, added: 0, deleted: 0, metadataOnly: 0, bytesWritten: 0, verified: 0, notDone: 0 };
}
