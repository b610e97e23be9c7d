import type { RunOutcome } from '../run.ts';
import type { ConditionRules, Schedule } from './schedule.ts';

/** What `due` looks at. All times are milliseconds since the epoch; zones are IANA names. */
export interface ScheduleFacts {
  readonly schedule: Schedule;
  readonly conditions: ConditionRules;
  /** Since when this source has this schedule: no slot before it is owed. */
  readonly since: number;
  readonly history: ScheduleHistory;
  readonly machine: MachineConditions;
  readonly now: number;
  readonly zone: string;
}

/** One execution that was asked for by a schedule or a person. */
export interface Attempt {
  readonly startedAt: number;
  /** Null while under way. */
  readonly endedAt: number | null;
  readonly outcome: RunOutcome | null;
  /** The slot it was made for; null when a person asked. */
  readonly slot: number | null;
}

export interface ScheduleHistory {
  /**
   * All that began after `accountedUntil` (else after `since`) or ended after it, and the newest that made a snapshot; older
   * ones do no harm. In the order in which they were begun, whatever the clock showed then: it tells when it was set back.
   */
  readonly attempts: readonly Attempt[];
  /** Every owed slot that was held back, with the blocker that was seen last; needed as far back as `attempts`. */
  readonly heldBack: readonly HeldBack[];
  /** When the newest snapshot of the source in the policy's repository was asked for, whoever made it; null: there is none. */
  readonly lastSnapshotAt: number | null;
  /** Every slot up to here was served, or is recorded as not run: `accountedUntil` of an earlier decision. Null: none yet. */
  readonly accountedUntil: number | null;
}

/** What a decision `held-back` said of a slot. Written down, so that a slot that is lost in the end is lost for that reason. */
export interface HeldBack {
  readonly slot: number;
  readonly because: Blocker;
}

export interface MachineConditions {
  /** Null: it cannot be told, which counts as mains. */
  readonly onMains: boolean | null;
  /** Null: it cannot be told, which counts as not metered. */
  readonly metered: boolean | null;
  readonly repository: RepositoryPresence;
  /** The repository is reached over a network. */
  readonly repositoryOnNetwork: boolean;
  readonly sleepAnnounced: boolean;
  /** `forever`: until somebody resumes. Null: not paused. */
  readonly pausedUntil: number | 'forever' | null;
  /** What changed in the source since its last snapshot; null: not looked at. Only `quiet` and `changes` need it. */
  readonly activity: SourceActivity | null;
}

export type RepositoryPresence = 'ready' | 'absent' | 'other' | 'locked' | 'read-only' | 'unknown';

export interface SourceActivity {
  /** Files and folders that changed since the last snapshot; a removed one counts with its folder. */
  readonly changes: number;
  /** Null: nothing did. */
  readonly newestChangeAt: number | null;
  /** When it was looked. */
  readonly at: number;
}

/** Why a run that is owed does not begin. In the order in which they are told when several hold. */
export const blockers = [
  'paused',
  'sleep-announced',
  'repository-locked',
  'repository-absent',
  'repository-other',
  'repository-read-only',
  'outside-window',
  'on-battery',
  'metered',
  'backing-off',
] as const;
export type Blocker = (typeof blockers)[number];

/**
 * Why slots passed without a run. `not-running`: nobody was there to run them (off, asleep, or the app was ended).
 * `cancelled`: a person did. `superseded`: an earlier run was still under way.
 */
export const notRunReasons = [...blockers, 'not-running', 'failed', 'cancelled', 'no-changes', 'superseded'] as const;
export type NotRunReason = (typeof notRunReasons)[number];

/** Slots that passed, recorded once and shown. */
export interface NotRun {
  readonly from: number;
  readonly to: number;
  readonly slots: number;
  readonly because: NotRunReason;
}

/** `due`: its time has come. `catch-up`: earlier slots were lost, one run makes up for all. `retry`: the last attempt failed. */
export type Trigger = 'due' | 'catch-up' | 'retry';

/** What every decision tells besides. */
export interface Accounts {
  /** Slots that passed unserved and are not recorded yet, oldest first. */
  readonly lost: readonly NotRun[];
  /** What to keep as the history's `accountedUntil`, together with `lost` and not before it. Null: nothing to keep yet. */
  readonly accountedUntil: number | null;
  /** The newest time in the history that lies too far after `now` to be true, and was ignored: the clock was wrong then, or is now. */
  readonly aheadOfClock: number | null;
}

export type Decision = Accounts &
  (
    | { readonly kind: 'run'; readonly slot: number; readonly trigger: Trigger }
    /** Owed and held back; `retryAt` is when looking again is worthwhile without anything changing, null: when it changes. */
    | {
        readonly kind: 'held-back';
        readonly slot: number;
        readonly because: Blocker;
        readonly retryAt: number | null;
      }
    /** Nothing is owed. `nextAt`: the next slot; null when there is none (manual). */
    | { readonly kind: 'idle'; readonly nextAt: number | null }
  );
