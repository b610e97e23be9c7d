import type { Evidence } from '../../shared/domain/evidence.ts';
import type { RepositoryId, RunId, SourceId } from '../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../shared/domain/repository.ts';
import type { RunOutcome, RunResult } from '../../shared/domain/run.ts';
import type { Blocker, NotRun, Trigger } from '../../shared/domain/schedule/facts.ts';
import type { SnapshotSummary } from '../../shared/domain/snapshot.ts';
import type { Source } from '../../shared/domain/source.ts';
import type { StillpointError } from '../../shared/errors/index.ts';

/** Who runs a schedule. */
export type Runner = 'app' | 'command-line';

/** Why a run was begun; `person`: somebody asked for it, and no slot is served by name. */
export type BackupTrigger = Trigger | 'person';

/** What the scheduler wants done. Its log and its result bear this id, which is in the journal before it begins. */
export interface BackupRequest {
  readonly source: Source;
  readonly runId: RunId;
  readonly slot: number;
  readonly trigger: Trigger;
  /** When it is in the journal as begun, milliseconds since the epoch. The snapshot is to say the same: slots are told by it. */
  readonly askedAt: number;
  readonly signal: AbortSignal;
}

/** Whether a run published its snapshot. `unknown`: the repository cannot be asked now. */
export type SnapshotOfRun =
  | { readonly kind: 'published'; readonly snapshot: SnapshotSummary; readonly evidence: Evidence | null }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** Everything the scheduler knows of the world. Times are milliseconds since the epoch. */
export interface SchedulerPorts {
  sources(): Promise<readonly Source[]>;
  /** With passwords given to the helper where they are known, so that `password-needed` means that somebody must act. */
  repositories(): Promise<readonly RepositoryStatus[]>;
  /** Null: it cannot be told. */
  machine(): Promise<{
    readonly onMains: boolean | null;
    readonly metered: boolean | null;
    readonly sleepAnnounced: boolean;
  }>;
  /** When the newest backup of the source in its repository was asked for. `unknown`: it cannot be asked now. */
  lastSnapshotAt(source: Source): Promise<number | null | 'unknown'>;
  activity(
    source: Source,
    since: number,
  ): Promise<{ readonly changes: number; readonly newestChangeAt: number | null; readonly tookMs: number }>;
  snapshotOfRun(repositoryId: RepositoryId, runId: RunId): Promise<SnapshotOfRun>;
  /** Does one backup, keeps its log, and resolves with its result. It asks nobody anything. */
  startBackup(request: BackupRequest): Promise<RunResult>;
  /** What belongs to a backup that made its snapshot (keep rules); its end is in the journal by then, the lease still held. */
  afterBackup?(request: Pick<BackupRequest, 'source' | 'signal'>, result: RunResult): Promise<void>;
  /** A run is due in a repository that another run of this process uses: what that does without being asked for may end. */
  wanted?(repositoryId: RepositoryId): void;
  newRunId(): RunId;
  now(): number;
  /** Milliseconds that pass evenly, also through a change of the wall clock; they may stand still during sleep. */
  monotonic(): number;
  /** IANA name. */
  zone(): string;
}

/** One look at one source: what was decided and done. */
export type Look = { readonly source: Source } & (
  | { readonly kind: 'idle'; readonly nextAt: number | null; readonly lost: readonly NotRun[] }
  | {
      readonly kind: 'held-back';
      readonly slot: number;
      readonly because: Blocker;
      readonly retryAt: number | null;
      readonly lost: readonly NotRun[];
    }
  | {
      readonly kind: 'ran';
      readonly slot: number;
      readonly trigger: Trigger;
      readonly result: RunResult;
      readonly lost: readonly NotRun[];
    }
  /** Somebody else runs this source now; `by` says who, where it is known. */
  | { readonly kind: 'busy'; readonly by: string }
  /** It could not be decided (the helper is down), or what was to be written could not be. Nothing was begun. */
  | { readonly kind: 'problem'; readonly error: StillpointError }
);

/** One backup as the history has it. */
export interface JournaledRun {
  readonly runId: RunId;
  /** Null: a person asked. */
  readonly slot: number | null;
  readonly trigger: BackupTrigger;
  readonly by: Runner;
  readonly repositoryId: RepositoryId;
  readonly startedAt: number;
  /** Null: under way, or its end is not known yet. */
  readonly endedAt: number | null;
  readonly outcome: RunOutcome | null;
  /** Its end was found out afterwards, by the snapshot that is there or is not. */
  readonly recovered: boolean;
}

/** What the window and `stillpoint schedule` show of one source. */
export interface SourceScheduleState {
  readonly sourceId: SourceId;
  /** Null: none is planned (by hand only), or it is not known yet. */
  readonly nextRunAt: number | null;
  /** The next runs, ascending, at most 50. */
  readonly planned: readonly number[];
  /** Null: nothing is owed, or it is under way. */
  readonly heldBack: { readonly slot: number; readonly because: Blocker; readonly since: number } | null;
  /** Why a run that is owed does not begin, in words for people; empty when none is owed. */
  readonly heldBackText: string;
  /** The last look could not decide. */
  readonly problem: StillpointError | null;
  readonly running: { readonly runId: RunId; readonly slot: number | null; readonly trigger: BackupTrigger } | null;
  /** Slots of the last two years that passed without a run, oldest first. */
  readonly missed: readonly NotRun[];
  /** Newest last, at most the last hundred. */
  readonly runs: readonly JournaledRun[];
  /** Lines of its history that cannot be read: what they said is not known. */
  readonly damagedLines: number;
  /** When it was last seen that nothing had changed since the last snapshot; null: it was not looked, or something had. */
  readonly unchangedAt: number | null;
  /** Since when this source has its schedule; null: it was not written down yet. */
  readonly since: number | null;
}

export interface SchedulerOptions {
  readonly ports: SchedulerPorts;
  /** `${state}/schedule`: journals, leases and the pause. Made if need be, for the user alone. */
  readonly folder: string;
  /** `${state}/runs`. Runs that ended with their process get their end there too. */
  readonly runsFolder: string;
  readonly by: Runner;
  /** Something that went wrong beside the point, for the log. */
  readonly report: (what: string, error: unknown) => void;
  /** A damaged history, once per source: no failure, and somebody should know. Without it `report` is told. */
  readonly onDamage?: (source: Source, text: string) => void;
  /** Told of every look, in the order in which they end. */
  readonly onLook?: (look: Look) => void;
}

/** Why to look now. */
export type PokeReason =
  | 'resumed'
  | 'mounts-changed'
  | 'password-given'
  | 'settings-changed'
  | 'power-changed'
  | 'network-changed'
  | 'run-ended'
  | 'asked';
