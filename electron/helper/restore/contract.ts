import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { PlanAction, PlanEntry, RestorePlan, RestoreRequest } from '../../../shared/domain/restore.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';
import type { PhaseReporter, StillView } from '../quiesce/contract.ts';

export interface RestoreContext {
  readonly signal: AbortSignal;
  readonly report: PhaseReporter;
}

export interface RestoreExecution {
  /** Names the journal, the record that undo works from, and the temporary files at the target. */
  readonly runId: RunId;
  /** Paths of the plan that are left as they are. */
  readonly unticked: readonly string[];
  /**
   * The snapshot of what is about to be replaced or deleted, made from `endangeredView`. Null on the user's explicit
   * refusal, or when nothing is endangered.
   */
  readonly safetySnapshotId: SnapshotId | null;
}

export interface RestoreOutcome {
  readonly replaced: number;
  readonly added: number;
  readonly deleted: number;
  readonly metadataOnly: number;
  readonly bytesWritten: number;
  /** What could not be set or written, for people: at most `maxListedPaths`, the total beside it is exact. */
  readonly warnings: readonly { readonly path: string; readonly text: string }[];
  readonly warningsTotal: number;
  /** Files whose bytes were read back and compared after writing. */
  readonly verified: number;
  /** Entries of the plan that were left as they were because the restore ended early, or because they had changed. */
  readonly notDone: number;
  /** Why it ended early (a full target, a cancel, a lost repository); null when it went through to the end. */
  readonly endedBy: StillpointError | null;
}

/** A plan kept by the helper: what would change, in full. Looks only; nothing at the target is touched. */
export interface PreparedRestore {
  readonly plan: RestorePlan;
  entries(query: {
    readonly actions: readonly PlanAction[];
    readonly filter: string;
    readonly offset: number;
    readonly limit: number;
  }): { readonly entries: readonly PlanEntry[]; readonly total: number };
  compareText(path: string): Promise<{ readonly past: string | null; readonly present: string | null }>;
  /** Local paths that would be replaced, deleted or given other metadata: what the safety snapshot must hold. */
  endangered(unticked: readonly string[]): readonly string[];
  /**
   * The places those lie in, as far as something is endangered there: the paths of a snapshot of the view. Canonical, as
   * the paths of the view are.
   */
  safetyPaths(unticked: readonly string[]): readonly string[];
  /**
   * Those paths as a view to capture. `run` lets an entry be replaced only in the version this view gave; whoever
   * captured it passes the totals to `assertSafe` first. Reading it may be repeated; the last reading counts.
   */
  endangeredView(unticked: readonly string[]): StillView;
  /**
   * Does it. Durable journal first; after a crash the next start finishes or rolls back. Never leaves the target.
   * Rejects only when nothing was changed; whatever ends it later is told in the outcome.
   */
  run(execution: RestoreExecution, context: RestoreContext): Promise<RestoreOutcome>;
}

/**
 * Puts one kind of source back. Drivers for databases accept a point on the log band (`request.point.instant`) and
 * targets of their own; one that cannot says so with `bad-input` naming the field.
 */
export interface RestoreDriver {
  readonly kind: string;
  prepare(request: RestoreRequest, context: RestoreContext): Promise<PreparedRestore>;
  /** Finishes or rolls back what an interrupted restore left; called once at the helper's start. */
  recover(): Promise<readonly string[]>;
}
