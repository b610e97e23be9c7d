import type { SnapshotId } from '../../../shared/domain/ids.ts';
import type { PlanAction, PlanEntry, RestorePlan, RestoreRequest } from '../../../shared/domain/restore.ts';
import type { PhaseReporter } from '../quiesce/contract.ts';

export interface RestoreContext {
  readonly signal: AbortSignal;
  readonly report: PhaseReporter;
}

export interface RestoreExecution {
  /** Paths of the plan that are left as they are. */
  readonly unticked: readonly string[];
  /** The snapshot of what is about to be replaced or deleted; null only on the user's explicit refusal. */
  readonly safetySnapshotId: SnapshotId | null;
}

export interface RestoreOutcome {
  readonly replaced: number;
  readonly added: number;
  readonly deleted: number;
  readonly metadataOnly: number;
  readonly bytesWritten: number;
  /** What could not be set or written, for people. */
  readonly warnings: readonly { readonly path: string; readonly text: string }[];
  /** Files whose bytes were read back and compared after writing. */
  readonly verified: number;
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
  /** Local paths that would be replaced or deleted: what the safety snapshot must hold. */
  endangered(unticked: readonly string[]): readonly string[];
  /** Does it. Durable journal first; after a crash the next start finishes or rolls back. Never leaves the target. */
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
