import type { RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { RunTrigger } from '../../../shared/domain/run.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';
import type { Instant } from '../../../shared/domain/time.ts';

/** One backup as it was asked for. `sourceId` is null for what is not registered. */
export interface BackupJob {
  readonly runId: RunId;
  readonly askedAt: Instant;
  readonly sourceId: SourceId | null;
  readonly sourceName: string;
  readonly spec: SourceSpec;
  readonly policy: Policy;
  /** Who wanted it: what a schedule began asks nobody, and holds writers only where that was allowed. */
  readonly trigger: RunTrigger;
}
